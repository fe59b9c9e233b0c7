//! `run: train { … }`.

use xp_spec::{
    experiment::{Params, Train},
    scalar::{REQUIRED, SCALARS},
    space::{Assignment, Value},
    vocabulary,
};

use super::{
    fields::{Fields, whole, wrong},
    model::Model,
    training::TrainingFields,
    value::value,
};
use crate::{
    diagnostic::Diagnostic,
    syntax::{Map, Node},
};

/// Seeds of a training at most.
const MOST_SEEDS: usize = 1000;

/// A training, as far as it is right.
pub(crate) struct Trainings<'a> {
    fields: Fields<'a>,
    params: Option<Params>,
    seeds: Option<Vec<u64>>,
}

impl<'a> Trainings<'a> {
    /// The training, where nothing of it is unknown.
    pub(crate) fn resolved(&self) -> Option<Train> {
        Some(Train {
            params: self.params.clone()?,
            seeds: self.seeds.clone()?,
        })
    }

    /// Hyperparameters that the file has, with the map that they are written in.
    pub(crate) fn fixed(&self) -> Option<(&'a Map, &Assignment)> {
        match (self.fields.optional("params"), &self.params) {
            (Some(Node::Map(map)), Some(Params::Fixed(fixed))) => Some((map, fixed)),
            _ => None,
        }
    }
}

pub(crate) fn train<'a>(
    map: &'a Map,
    training: &TrainingFields,
    model: &Model,
    errors: &mut Vec<Diagnostic>,
) -> Trainings<'a> {
    let fields = Fields::new(map, "`train`", vocabulary::train::ALL, errors);
    let params = fields
        .required("params", "best(hpo_2M_threshold_1pct)", errors)
        .and_then(|node| params(node, training, model, errors));
    let seeds = fields
        .required("seeds", "[1, 2, 3]", errors)
        .and_then(|node| seeds(node, errors));
    Trainings {
        fields,
        params,
        seeds,
    }
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
                .help("three or more show the variance between seeds: `[1, 2, 3]`"),
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
        Node::Map(map) => fixed(map, training, model, errors).map(Params::Fixed),
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

/// A common value of a hyperparameter that must be specified.
fn fixed_example(name: &str) -> &'static str {
    match name {
        "learning_rate" => "3e-5",
        "weight_decay" => "1e-3",
        "dropout" => "0.2",
        "warmup" => "0.05",
        _ => "2000",
    }
}

fn fixed(
    map: &Map,
    training: &TrainingFields,
    model: &Model,
    errors: &mut Vec<Diagnostic>,
) -> Option<Assignment> {
    let before = errors.len();
    let fields = Fields::hyperparameters(map, "`params`", training.passes(), errors);
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
            fields.required(scalar.name, fixed_example(scalar.name), errors)
        } else {
            fields.optional(scalar.name)
        };
        if let Some(value) = node.and_then(|node| value(node, scalar, errors)) {
            assignment.insert(scalar.name.to_owned(), value);
        }
    }
    (errors.len() == before && model.is_known()).then_some(assignment)
}
