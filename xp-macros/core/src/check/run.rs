//! `run: hpo { … }` and `run: train { … }`.

use proc_macro2::Span;
use xp_spec::{
    duration::parse_timeout,
    experiment::{Hpo, Params, Run, Train},
    feasibility::{self, Infeasible, whole_bounds},
    files::config::Defaults,
    hyper::{REQUIRED, SCALARS},
    space::{Assignment, SearchSpace, Value},
    vocabulary,
};

use super::{
    fields::{Fields, text, whole, wrong},
    model::Model,
    space::{Space, space, value},
    strategy::strategy,
    training::TrainingFields,
};
use crate::{
    diagnostic::Diagnostic,
    syntax::{Map, Node},
};

pub(crate) fn run(
    fields: &Fields<'_>,
    training: &TrainingFields,
    defaults: &Defaults,
    model: &Model,
    samples: Option<usize>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Run> {
    let node = fields.required("run", "hpo { trials: 50, … }", errors)?;
    unconsumed(fields, node, errors);
    let steps = Steps {
        fields,
        samples,
        parts: training.resolved.as_ref().map(|it| it.accumulation),
    };
    match node {
        Node::Block(name, map) if name == "hpo" => {
            hpo(map, training, defaults, model, &steps, errors).map(Run::Hpo)
        }
        Node::Block(name, map) if name == "train" => {
            train(map, training, model, &steps, errors).map(Run::Train)
        }
        Node::Name(name) | Node::Call(name, _) if name == "hpo" || name == "train" => {
            errors.push(
                Diagnostic::new(name.span(), format!("`{name}` needs its fields in braces"))
                    .help(format!("`run: {name} {{ … }}`")),
            );
            None
        }
        Node::Block(name, _) | Node::Name(name) | Node::Call(name, _) => {
            let error = Diagnostic::new(name.span(), format!("`{name}` is no run"))
                .help("`hpo { … }` or `train { … }`");
            errors.push(
                match xp_spec::name::nearest(&name.to_string(), ["hpo", "train"]) {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => error,
                },
            );
            None
        }
        other => {
            wrong(other, "`hpo { … }` or `train { … }`", errors);
            None
        }
    }
}

/// Whether a run is a search; absent where that cannot be told.
pub(crate) fn is_search(fields: &Fields<'_>) -> Option<bool> {
    match fields.optional("run")? {
        Node::Block(name, _) if name == "hpo" => Some(true),
        Node::Block(name, _) if name == "train" => Some(false),
        _ => None,
    }
}

/// What the steps of a training depend on beside its hyperparameters.
struct Steps<'a> {
    fields: &'a Fields<'a>,
    /// Of train, where they can be counted.
    samples: Option<usize>,
    /// Parts of a batch, where they are right.
    parts: Option<u32>,
}

impl Steps<'_> {
    /// Reports warm-up that does not end and batches that do not fill; `said` are the hyperparameters as written.
    fn check(
        &self,
        said: &Map,
        space: &SearchSpace,
        fixed: &Assignment,
        errors: &mut Vec<Diagnostic>,
    ) {
        let (Some(samples), Some(parts)) = (self.samples, self.parts) else {
            return;
        };
        let training = match self.fields.optional("training") {
            Some(Node::Map(map)) => Some(map),
            _ => None,
        };
        let bounds = |name: &str| whole_bounds(name, space, fixed);
        for fault in feasibility::steps(bounds, samples, parts) {
            let span = said
                .get(fault.key)
                .or_else(|| training?.get(fault.key))
                .map_or(said.span, Node::span);
            errors.push(infeasible(span, fault));
        }
    }
}

/// What a run cannot do, on the token to blame.
pub(crate) fn infeasible(span: Span, fault: Infeasible) -> Diagnostic {
    Diagnostic::new(span, fault.message).help(fault.remedy)
}

/// Values of `training` that nothing would consume, since the run says or borrows them itself (F01, F04).
fn unconsumed(fields: &Fields<'_>, run: &Node, errors: &mut Vec<Diagnostic>) {
    let (Some(Node::Map(training)), Node::Block(kind, map)) = (fields.optional("training"), run)
    else {
        return;
    };
    for (key, _) in &training.entries {
        let name = key.to_string();
        let hyperparameter = SCALARS.iter().any(|scalar| scalar.name == name);
        let why = match (map.get("search"), map.get("params")) {
            (Some(Node::Map(said)), _) | (_, Some(Node::Map(said)))
                if hyperparameter && said.get(&name).is_some() =>
            {
                "it is said in `run`, too"
            }
            (_, Some(Node::Call(..))) if hyperparameter => "the hyperparameters are borrowed",
            _ if name == "seed" && kind == "train" => "a training has `seeds`",
            _ => continue,
        };
        errors.push(
            Diagnostic::new(
                key.span(),
                format!("nothing consumes `{name}` of `training`: {why}"),
            )
            .help("drop it here: a value has one home"),
        );
    }
}

fn hpo(
    map: &Map,
    training: &TrainingFields,
    defaults: &Defaults,
    model: &Model,
    steps: &Steps<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Hpo> {
    let fields = Fields::new(map, "`hpo`", vocabulary::hpo::ALL, errors);
    let trials = fields
        .required("trials", "50", errors)
        .and_then(|node| whole(node, 1..=100_000, errors))
        .and_then(|trials| u32::try_from(trials).ok());
    let timeout = fields
        .required("timeout", "\"4h\"", errors)
        .and_then(|node| timeout(node, errors));
    let search = match fields.required("search", "{ architecture: grid, … }", errors) {
        Some(Node::Map(map)) => {
            let space = space(map, &training.defaulted, model, errors);
            steps.check(map, &space.searched, &space.fixed, errors);
            Some(space)
        }
        Some(other) => {
            wrong(other, "a map such as `{ architecture: grid, … }`", errors);
            None
        }
        None => None,
    };
    let strategy = strategy(&fields, defaults, trials, search.as_ref(), model, errors);
    let Space {
        searched: space,
        fixed,
        unknown,
    } = search?;
    if !unknown.is_empty() {
        return None;
    }
    Some(Hpo {
        trials: trials?,
        timeout_seconds: timeout?,
        seed: training.seed,
        strategy: strategy?,
        space,
        fixed,
    })
}

/// Seeds of a training at most.
const MOST_SEEDS: usize = 1000;

fn timeout(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<u64> {
    let written = text(node, "\"4h\"", errors)?;
    parse_timeout(written)
        .map_err(|(what, how)| errors.push(Diagnostic::new(node.span(), what).help(how)))
        .ok()
}

fn train(
    map: &Map,
    training: &TrainingFields,
    model: &Model,
    steps: &Steps<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Train> {
    let fields = Fields::new(map, "`train`", vocabulary::train::ALL, errors);
    let params = fields
        .required("params", "best(hpo_2M_threshold_1pct)", errors)
        .and_then(|node| params(node, training, model, steps, errors));
    let seeds = fields
        .required("seeds", "[1, 2, 3]", errors)
        .and_then(|node| seeds(node, errors));
    Some(Train {
        params: params?,
        seeds: seeds?,
    })
}

fn seeds(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Vec<u64>> {
    let Node::List(items, span) = node else {
        wrong(node, "a list such as `[1, 2, 3]`", errors);
        return None;
    };
    if items.len() > MOST_SEEDS {
        errors.push(Diagnostic::new(
            *span,
            format!("{} seeds, {MOST_SEEDS} at most", items.len()),
        ));
        return None;
    }
    let before = errors.len();
    let mut seeds = Vec::new();
    for item in items {
        let Some(seed) =
            whole(item, 0..=i64::MAX, errors).and_then(|seed| u64::try_from(seed).ok())
        else {
            continue;
        };
        if seeds.contains(&seed) {
            errors.push(Diagnostic::new(
                item.span(),
                format!("seed {seed} is listed twice"),
            ));
        }
        seeds.push(seed);
    }
    if items.is_empty() {
        errors.push(
            Diagnostic::new(*span, "the list of seeds is empty")
                .help("three or more tell the seed variance: `[1, 2, 3]`"),
        );
    }
    // Their order changes no result.
    seeds.sort_unstable();
    (errors.len() == before).then_some(seeds)
}

fn params(
    node: &Node,
    training: &TrainingFields,
    model: &Model,
    steps: &Steps<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Params> {
    let mut study = |node: &Node| match node {
        Node::Name(name) => Some(name.to_string()),
        other => {
            wrong(
                other,
                "the name of a search, such as `hpo_2M_threshold_1pct`",
                errors,
            );
            None
        }
    };
    match node {
        Node::Call(name, arguments) if name == "best" && arguments.len() == 1 => {
            arguments.first().and_then(&mut study).map(Params::Best)
        }
        Node::Call(name, arguments) if name == "between" && arguments.len() == 2 => {
            let found: Vec<_> = arguments.iter().filter_map(study).collect();
            match <[String; 2]>::try_from(found) {
                Ok([a, b]) if a == b => {
                    errors.push(
                        Diagnostic::new(name.span(), "`between` needs two different searches")
                            .help(format!("`best({a})`")),
                    );
                    None
                }
                // The mean of two has no order.
                Ok([a, b]) => Some(Params::Between(a.clone().min(b.clone()), a.max(b))),
                Err(_) => None,
            }
        }
        Node::Map(map) => {
            let fixed = fixed(map, training, model, errors)?;
            steps.check(map, &SearchSpace::default(), &fixed, errors);
            Some(Params::Fixed(fixed))
        }
        other => {
            wrong(
                other,
                "`best(search)`, `between(search, search)` or a map of hyperparameters",
                errors,
            );
            None
        }
    }
}

fn fixed(
    map: &Map,
    training: &TrainingFields,
    model: &Model,
    errors: &mut Vec<Diagnostic>,
) -> Option<Assignment> {
    let before = errors.len();
    let fields = Fields::new(map, "`params`", vocabulary::hyperparameters::ALL, errors);
    let mut assignment = training.defaulted.clone();
    match fields.required(
        "architecture",
        "{ d_model: 192, n_layers: 4, n_heads: 6, d_ff: 768 }",
        errors,
    ) {
        Some(node @ (Node::Name(_) | Node::Map(_))) => {
            if let Some([shape]) = model.shapes(node, errors).as_deref() {
                assignment.insert("architecture".to_owned(), Value::Architecture(*shape));
            } else if errors.len() == before && model.is_known() {
                wrong(node, "one shape", errors);
            }
        }
        Some(other) => wrong(
            other,
            "a shape, or `fixed` for the model configuration's",
            errors,
        ),
        None => {}
    }
    for scalar in &SCALARS {
        let node = if REQUIRED.contains(&scalar.name) {
            fields.required(scalar.name, "3e-4", errors)
        } else {
            fields.optional(scalar.name)
        };
        if let Some(value) = node.and_then(|node| value(node, scalar, errors)) {
            assignment.insert(scalar.name.to_owned(), value);
        }
    }
    (errors.len() == before && model.is_known()).then_some(assignment)
}
