//! The search space: names that something consumes, bounds that make sense (F04, F05, F16).

use std::cmp::Ordering;

use xp_spec::{
    scalar::{REQUIRED, SCALARS, Scalar, short},
    space::{Assignment, Domain, Parameter, SearchSpace, Value},
};

use super::{
    fields::{Fields, wrong},
    model::Model,
    training::TrainingFields,
    value::{as_number, value},
};
use crate::{
    diagnostic::Diagnostic,
    syntax::{Map, Node},
};

/// Searched and fixed parameters of `search: { … }`.
pub(crate) struct Space {
    pub(crate) searched: SearchSpace,
    pub(crate) fixed: Assignment,
    /// Parameters that are specified, but wrong: that was reported.
    pub(crate) unknown: Vec<&'static str>,
}

pub(crate) fn space(
    map: &Map,
    training: &TrainingFields,
    model: &Model,
    errors: &mut Vec<Diagnostic>,
) -> Space {
    let before = errors.len();
    let mut unknown = Vec::new();
    let fields = Fields::hyperparameters(map, "`search`", training.passes(), errors);
    let mut space = SearchSpace::default();
    let mut fixed = training.defaulted.clone();
    let shapes = fields
        .required("architecture", "grid", errors)
        .and_then(|node| model.shapes(node, errors));
    match shapes.as_deref() {
        Some([shape]) => {
            fixed.insert("architecture".to_owned(), Value::Architecture(*shape));
        }
        Some(shapes) => {
            // Their order in a list changes no result.
            let mut shapes = shapes.to_vec();
            shapes.sort_unstable();
            space.parameters.push(Parameter {
                name: "architecture".to_owned(),
                domain: Domain::Architecture { shapes },
            });
        }
        None => unknown.push("architecture"),
    }
    for scalar in SCALARS {
        let node = if REQUIRED.contains(&scalar.name) {
            fields.required(scalar.name, example(scalar.name), errors)
        } else {
            fields.optional(scalar.name)
        };
        let Some(node) = node else {
            if REQUIRED.contains(&scalar.name) {
                unknown.push(scalar.name);
            }
            continue;
        };
        match domain(node, &scalar, errors) {
            Some(Searched::Domain(domain)) => {
                fixed.remove(scalar.name);
                space.parameters.push(Parameter {
                    name: scalar.name.to_owned(),
                    domain,
                });
            }
            Some(Searched::Fixed(value)) => {
                fixed.insert(scalar.name.to_owned(), value);
            }
            None => {
                fixed.remove(scalar.name);
                unknown.push(scalar.name);
            }
        }
    }
    if errors.len() == before && unknown.is_empty() && space.parameters.is_empty() {
        errors.push(
            Diagnostic::new(map.span, "`search` varies nothing")
                .help("give at least one parameter a range or a list"),
        );
    }
    Space {
        searched: space,
        fixed,
        unknown,
    }
}

fn example(name: &str) -> &'static str {
    match name {
        "learning_rate" => "log(3e-6, 1e-3)",
        "weight_decay" => "log(1e-4, 5e-3)",
        "dropout" => "uniform(0.0, 0.5)",
        "warmup" => "[0.02, 0.05, 0.1]",
        _ => "[1000, 2000, 4000]",
    }
}

enum Searched {
    Domain(Domain),
    Fixed(Value),
}

fn domain(node: &Node, scalar: &Scalar, errors: &mut Vec<Diagnostic>) -> Option<Searched> {
    match node {
        Node::Whole(..) | Node::Real(..) => Some(Searched::Fixed(value(node, scalar, errors)?)),
        Node::List(items, span) => {
            let before = errors.len();
            let mut values: Vec<Value> = Vec::new();
            for item in items {
                let Some(value) = value(item, scalar, errors) else {
                    continue;
                };
                if values.contains(&value) {
                    errors.push(Diagnostic::new(
                        item.span(),
                        format!("{} is listed twice", item.describe()),
                    ));
                }
                values.push(value);
            }
            if items.is_empty() {
                errors.push(Diagnostic::new(
                    *span,
                    format!("the list of `{}` is empty", scalar.name),
                ));
            }
            if errors.len() != before {
                return None;
            }
            // Numbers keep their order, whatever the list's.
            values.sort_by(|a, b| {
                as_number(a)
                    .partial_cmp(&as_number(b))
                    .unwrap_or(Ordering::Equal)
            });
            Some(match values.as_slice() {
                [only] => Searched::Fixed(only.clone()),
                _ => Searched::Domain(Domain::Choice { values }),
            })
        }
        Node::Call(name, arguments) => {
            let kind = name.to_string();
            let wanted = match (kind.as_str(), scalar.whole) {
                ("uniform", false) | ("log", _) | ("int", true) => kind.as_str(),
                ("uniform", true) | ("int", false) => {
                    let (fits, is) = if scalar.whole {
                        ("int", "whole numbers")
                    } else {
                        ("uniform", "real numbers")
                    };
                    errors.push(
                        Diagnostic::new(
                            name.span(),
                            format!("`{}` takes {is}, not `{kind}(…)`", scalar.name),
                        )
                        .help(format!("`{fits}(low, high)`")),
                    );
                    return None;
                }
                _ => {
                    let error = Diagnostic::new(name.span(), format!("`{kind}` is no domain"))
                        .help("`uniform(low, high)`, `log(low, high)`, `int(low, high)` or a list");
                    errors.push(
                        // `loguniform`, `log_uniform`: not the uniform that is nearer in letters.
                        match Some("log")
                            .filter(|log| kind.to_lowercase().contains(log))
                            .or_else(|| xp_spec::nearest::nearest(&kind, ["uniform", "log", "int"]))
                        {
                            Some(near) => error.help(format!("did you mean `{near}`?")),
                            None => error,
                        },
                    );
                    return None;
                }
            };
            bounds(name, wanted, arguments, scalar, errors).map(Searched::Domain)
        }
        other => {
            wrong(
                other,
                "`log(low, high)`, `uniform(low, high)`, `int(low, high)`, a list or a number",
                errors,
            );
            None
        }
    }
}

fn bounds(
    name: &proc_macro2::Ident,
    kind: &str,
    arguments: &[Node],
    scalar: &Scalar,
    errors: &mut Vec<Diagnostic>,
) -> Option<Domain> {
    let [low_node, high_node] = arguments else {
        errors.push(
            Diagnostic::new(
                name.span(),
                format!("`{kind}` takes two bounds, found {}", arguments.len()),
            )
            .help(format!("`{kind}(low, high)`")),
        );
        return None;
    };
    let (low, high) = (
        value(low_node, scalar, errors),
        value(high_node, scalar, errors),
    );
    let (low, high) = (as_number(&low?)?, as_number(&high?)?);
    if low >= high {
        let (what, remedy) = if low > high {
            (
                "reversed",
                format!("`{kind}({}, {})`", short(high), short(low)),
            )
        } else {
            (
                "equal",
                format!("`{}: {}` fixes it", scalar.name, short(low)),
            )
        };
        errors.push(
            Diagnostic::new(
                high_node.span(),
                format!(
                    "the bounds of `{}` are {what}: {} to {}",
                    scalar.name,
                    short(low),
                    short(high)
                ),
            )
            .help(remedy),
        );
        return None;
    }
    if kind == "log" && low <= 0.0 {
        errors.push(
            Diagnostic::new(
                low_node.span(),
                format!(
                    "a logarithmic range of `{}` cannot start at {low}",
                    scalar.name
                ),
            )
            .help("start above 0, or use `uniform`"),
        );
        return None;
    }
    Some(match (kind, scalar.whole) {
        ("int", _) => Domain::Int {
            low: low as i64,
            high: high as i64,
            step: 1,
        },
        ("log", true) => Domain::LogInt {
            low: low as i64,
            high: high as i64,
        },
        ("log", false) => Domain::Log { low, high },
        _ => Domain::Uniform { low, high },
    })
}
