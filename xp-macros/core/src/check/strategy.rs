//! `sampler`, `startup_trials`, `pruner`, `first` and `exclude` of a search.

use xp_spec::{
    feasibility::{self, whole_bounds},
    files::config::Defaults,
    grid::distance,
    hyper::scalar,
    name::nearest,
    space::{Assignment, Domain, Value},
    strategy::{Pruner, Sampler, Strategy, holds},
    training::check_min_delta,
    vocabulary,
};

use super::{
    fields::{Fields, number, one_of, quoted, whole, wrong},
    model::Model,
    run::{by_default, infeasible},
    space::{Space, value},
};
use crate::{
    diagnostic::Diagnostic,
    syntax::{Map, Node},
};

/// How the trials of a search are chosen and ended early.
pub(crate) fn strategy(
    fields: &Fields<'_>,
    defaults: &Defaults,
    (trials, stop): (Option<u32>, Option<u32>),
    space: Option<&Space>,
    model: &Model,
    errors: &mut Vec<Diagnostic>,
) -> Option<Strategy> {
    let before = errors.len();
    let base = &defaults.search;
    let sampler = match fields.optional("sampler") {
        Some(node) => one_of(node, "sampler", &Sampler::ALL, errors),
        None => Some(base.sampler),
    };
    let startup_trials = match fields.optional("startup_trials") {
        Some(node) => {
            if sampler.is_some_and(|sampler| !sampler.starts_up()) {
                errors.push(
                    Diagnostic::new(
                        fields.key_span("startup_trials"),
                        "this sampler has no start-up trials: nothing would consume the number",
                    )
                    .help("drop `startup_trials`, or use `sampler: gp`, `tpe` or `auto`"),
                );
            }
            whole(node, 1..=10_000, errors).and_then(|startup| u32::try_from(startup).ok())
        }
        None => Some(base.startup_trials),
    };
    let longest = space
        .and_then(|space| whole_bounds("epochs", &space.searched, &space.fixed))
        .and_then(|(_, longest)| u32::try_from(longest).ok());
    let pruner = match fields.optional("pruner") {
        Some(node) => pruner(node, trials, longest, stop, errors),
        None => Some(base.pruner),
    };
    let (first, exclude) = match space {
        Some(space) => {
            let first = points(
                fields,
                "first",
                model,
                errors,
                |point, map, parsed, errors| {
                    complete(point, map, parsed, space, errors);
                },
            );
            let exclude = points(
                fields,
                "exclude",
                model,
                errors,
                |point, map, parsed, errors| {
                    discrete(point, map, parsed, space, errors);
                },
            );
            (first, exclude)
        }
        None => (Vec::new(), Vec::new()),
    };
    if let Some(Node::List(items, _)) = fields.optional("exclude")
        && items.len() == exclude.len()
    {
        for (point, item) in exclude.iter().zip(items) {
            let within = |other: &&Assignment| {
                !other.is_empty()
                    && other.len() < point.len()
                    && other
                        .iter()
                        .all(|(name, value)| point.get(name) == Some(value))
            };
            if exclude.iter().any(|other| within(&other)) {
                errors.push(
                    Diagnostic::new(item.span(), "this exclusion adds nothing to another one")
                        .help("drop it"),
                );
            }
        }
    }
    let mut strategy = Strategy {
        sampler: sampler?,
        startup_trials: startup_trials?,
        pruner: pruner?,
        first,
        exclude,
    };
    // Their order changes no result.
    strategy
        .exclude
        .sort_by_cached_key(|point| serde_json::to_string(point).unwrap_or_default());
    if let Some(point) = strategy
        .first
        .iter()
        .position(|point| strategy.excludes(point))
    {
        errors.push(Diagnostic::new(
            fields.key_span("first"),
            format!("point {} of `first` is excluded by `exclude`", point + 1),
        ));
    }
    if let Some(trials) = trials {
        let known = space.filter(|it| it.unknown.is_empty());
        let known = known.map(|space| &space.searched);
        for fault in feasibility::search(&strategy, known, trials) {
            let key = fault.key;
            let said = fields.optional(key);
            // Where it is left to its default, the trials are too few for it.
            let span = said.or_else(|| fields.optional("trials"));
            let error = infeasible(span.map_or(fields.map().span, Node::span), fault);
            errors.push(match said {
                Some(_) => error,
                None => error.note(by_default(key)),
            });
        }
    }
    (errors.len() == before).then_some(strategy)
}

fn pruner(
    node: &Node,
    trials: Option<u32>,
    longest: Option<u32>,
    stop: Option<u32>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Pruner> {
    let empty;
    let (name, map) = match node {
        Node::Name(name) => {
            empty = Map {
                entries: Vec::new(),
                span: name.span(),
                torn: false,
            };
            (name, &empty)
        }
        Node::Block(name, map) => (name, map),
        other => {
            wrong(
                other,
                "a pruner such as `median` or `hyperband { factor: 3 }`",
                errors,
            );
            return None;
        }
    };
    let kind = name.to_string();
    let known: &[&str] = match kind.as_str() {
        "none" => &[],
        "median" => &["fewest", "warmup"],
        "successive_halving" | "hyperband" => &["first", "factor"],
        "patience" => &["epochs", "least"],
        _ => {
            let error = Diagnostic::new(name.span(), format!("`{kind}` is no pruner"))
                .help(format!("one of {}", quoted(&Pruner::NAMES)));
            errors.push(match nearest(&kind, Pruner::NAMES) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error,
            });
            return None;
        }
    };
    let before = errors.len();
    let fields = Fields::new(map, "the pruner", known, errors);
    let mut count = |key: &str, low: i64, default: u32| match fields.optional(key) {
        Some(node) => whole(node, low..=10_000, errors)
            .and_then(|value| u32::try_from(value).ok())
            .unwrap_or(default),
        None => default,
    };
    let pruner = match Pruner::named(&kind, longest.unwrap_or(1))? {
        Pruner::None => Pruner::None,
        Pruner::Median { fewest, warmup } => Pruner::Median {
            fewest: count("fewest", 1, u32::try_from(fewest).unwrap_or(u32::MAX)) as usize,
            warmup: count("warmup", 0, warmup),
        },
        Pruner::SuccessiveHalving { first, factor } => Pruner::SuccessiveHalving {
            first: count("first", 1, first),
            factor: count("factor", 2, factor),
        },
        Pruner::Hyperband {
            first,
            factor,
            last,
        } => Pruner::Hyperband {
            first: count("first", 1, first),
            factor: count("factor", 2, factor),
            last,
        },
        Pruner::Patience { epochs, least } => Pruner::Patience {
            epochs: count("epochs", 1, epochs),
            least: match fields.optional("least") {
                Some(node) => number(node, errors).unwrap_or(least),
                None => least,
            },
        },
    };
    if let Some(node) = fields.optional("least")
        && let Pruner::Patience { least, .. } = pruner
        && let Err(what) = check_min_delta(least)
    {
        errors.push(Diagnostic::new(
            node.span(),
            what.replace("min_delta", "least"),
        ));
    }
    if let (Some(trials), Some(longest), Some(stop)) = (trials, longest, stop)
        && errors.len() == before
        && let Some(fault) = feasibility::idle(pruner, trials, longest, stop)
    {
        let span = fields.optional(fault.key).map_or(name.span(), Node::span);
        errors.push(infeasible(span, fault));
    }
    (errors.len() == before).then_some(pruner)
}

/// The points of a list of maps, each judged by `judge`.
fn points(
    fields: &Fields<'_>,
    key: &str,
    model: &Model,
    errors: &mut Vec<Diagnostic>,
    judge: impl Fn(&Assignment, &Map, bool, &mut Vec<Diagnostic>),
) -> Vec<Assignment> {
    let items = match fields.optional(key) {
        Some(Node::List(items, _)) => items,
        Some(other) => {
            wrong(
                other,
                "a list of points such as `[{ dropout: 0.1 }]`",
                errors,
            );
            return Vec::new();
        }
        None => return Vec::new(),
    };
    let mut found: Vec<Assignment> = Vec::new();
    for item in items {
        let Node::Map(map) = item else {
            wrong(item, "a point such as `{ dropout: 0.1 }`", errors);
            continue;
        };
        let before = errors.len();
        let point = point(map, model, errors);
        let parsed = errors.len() == before;
        judge(&point, map, parsed, errors);
        if errors.len() == before && found.contains(&point) {
            errors.push(Diagnostic::new(
                map.span,
                format!("`{key}` has this point twice"),
            ));
        }
        found.push(point);
    }
    found
}

fn point(map: &Map, model: &Model, errors: &mut Vec<Diagnostic>) -> Assignment {
    let fields = Fields::new(map, "this point", vocabulary::hyperparameters::ALL, errors);
    let mut point = Assignment::new();
    for (key, node) in &map.entries {
        let name = key.to_string();
        if let Some(scalar) = scalar(&name) {
            if let Some(value) = value(node, scalar, errors) {
                point.insert(name, value);
            }
        } else if name == "architecture"
            && let Some(node) = fields.optional("architecture")
        {
            match node {
                Node::Map(shape) => {
                    if let Some(shape) = model.shape(shape, errors) {
                        point.insert(name, Value::Architecture(shape));
                    }
                }
                other => wrong(other, "one shape by value", errors),
            }
        }
    }
    point
}

/// Each value of a point must be searched and lie in its domain; tells whether all do.
fn inside(point: &Assignment, map: &Map, space: &Space, errors: &mut Vec<Diagnostic>) -> bool {
    let before = errors.len();
    for (name, value) in point {
        let span = map.get(name).map_or(map.span, Node::span);
        if space.unknown.iter().any(|unknown| unknown == name) {
            continue;
        }
        let Some(parameter) = space
            .searched
            .parameters
            .iter()
            .find(|parameter| parameter.name == *name)
        else {
            let error = Diagnostic::new(span, format!("`{name}` is not searched"));
            errors.push(if space.fixed.contains_key(name) {
                error.help(format!("drop it: `{name}` is fixed for all trials"))
            } else {
                error.help("give it a range in `search`, or drop it")
            });
            continue;
        };
        if !holds(&parameter.domain, value) {
            let error = Diagnostic::new(
                span,
                format!("this value of `{name}` lies outside its range in `search`"),
            );
            errors.push(match (&parameter.domain, value) {
                (Domain::Architecture { shapes }, Value::Architecture(shape)) => {
                    let mut near = shapes.clone();
                    near.sort_by(|a, b| distance(a, shape).total_cmp(&distance(b, shape)));
                    near.truncate(3);
                    let near: Vec<_> = near.iter().map(ToString::to_string).collect();
                    error.help(format!(
                        "nearest shapes there (d_model·heads·layers·d_ff): {}",
                        near.join(", ")
                    ))
                }
                (domain, _) => error.help(format!("`{name}: {domain}` there")),
            });
        }
    }
    errors.len() == before
}

/// A forced first point says all that is searched.
fn complete(
    point: &Assignment,
    map: &Map,
    parsed: bool,
    space: &Space,
    errors: &mut Vec<Diagnostic>,
) {
    if !inside(point, map, space, errors) || !parsed {
        return;
    }
    let missing: Vec<_> = space
        .searched
        .parameters
        .iter()
        .map(|parameter| parameter.name.as_str())
        .filter(|name| !point.contains_key(*name))
        .collect();
    if !missing.is_empty() {
        errors.push(
            Diagnostic::new(
                map.span,
                format!("this first point lacks {}", quoted(&missing)),
            )
            .help("a forced trial names all that is searched"),
        );
    }
}

/// An exclusion names values that a sampler can hit.
fn discrete(
    point: &Assignment,
    map: &Map,
    parsed: bool,
    space: &Space,
    errors: &mut Vec<Diagnostic>,
) {
    if point.is_empty() && parsed {
        errors.push(Diagnostic::new(
            map.span,
            "this exclusion names nothing: it would exclude all",
        ));
        return;
    }
    if !inside(point, map, space, errors) {
        return;
    }
    for parameter in &space.searched.parameters {
        let endless = matches!(
            parameter.domain,
            Domain::Uniform { .. } | Domain::Log { .. }
        );
        if endless && let Some(node) = map.get(&parameter.name) {
            errors.push(
                Diagnostic::new(
                    node.span(),
                    format!(
                        "one value of the continuous `{}` excludes nothing",
                        parameter.name
                    ),
                )
                .help("narrow its range instead"),
            );
        }
    }
}
