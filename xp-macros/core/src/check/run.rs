//! `run: hpo { … }`, `run: train { … }`, `training: { … }` and `thermal: …`.

use xp_spec::{
    duration::parse_duration,
    experiment::{Hpo, Loss, Params, Run, Train, Training},
    files::config::{DefaultLoss, Defaults},
    hyper::{REQUIRED, SCALARS},
    space::{Assignment, Value},
};

use super::{
    fields::{Fields, number, one_of, text, whole, wrong},
    model::Model,
    space::{space, value},
};
use crate::{
    diagnostic::Diagnostic,
    syntax::{Map, Node},
};

/// Scalars that have a workspace default.
const DEFAULTED: [&str; 3] = ["head_dropout", "batch_size", "clip_norm"];

/// Loss and stopping, and the hyperparameters with a workspace default.
pub(crate) struct TrainingFields {
    pub(crate) resolved: Option<Training>,
    defaulted: Assignment,
    seed: u64,
}

pub(crate) fn training(
    fields: &Fields<'_>,
    defaults: &Defaults,
    errors: &mut Vec<Diagnostic>,
) -> TrainingFields {
    let base = &defaults.training;
    let mut loss = Some(match base.loss {
        DefaultLoss::Bce => Loss::Bce,
        DefaultLoss::WeightedBce => Loss::WeightedBce,
        DefaultLoss::SoftAuc => Loss::SoftAuc,
    });
    let mut patience = Some(base.patience);
    let mut min_delta = Some(base.min_delta);
    let mut seed = base.seed;
    let mut defaulted = Assignment::from([
        ("head_dropout".to_owned(), Value::Float(base.head_dropout)),
        (
            "batch_size".to_owned(),
            Value::Int(i64::from(base.batch_size)),
        ),
        ("clip_norm".to_owned(), Value::Float(base.clip_norm)),
    ]);
    match fields.optional("training") {
        Some(Node::Map(map)) => {
            let known = [
                "loss",
                "patience",
                "min_delta",
                "seed",
                "head_dropout",
                "batch_size",
                "clip_norm",
            ];
            let inner = Fields::new(map, "`training`", &known, errors);
            if let Some(node) = inner.optional("loss") {
                loss = loss_of(node, errors);
            }
            if let Some(node) = inner.optional("patience") {
                patience =
                    whole(node, 1..=10_000, errors).and_then(|value| u32::try_from(value).ok());
            }
            if let Some(node) = inner.optional("min_delta") {
                min_delta = number(node, errors).filter(|value| *value >= 0.0);
                if min_delta.is_none() {
                    errors.push(Diagnostic::new(
                        node.span(),
                        "`min_delta` must be a number ≥ 0",
                    ));
                }
            }
            if let Some(node) = inner.optional("seed") {
                seed = whole(node, 0..=i64::MAX, errors)
                    .and_then(|value| u64::try_from(value).ok())
                    .unwrap_or(seed);
            }
            for scalar in SCALARS
                .iter()
                .filter(|scalar| DEFAULTED.contains(&scalar.name))
            {
                if let Some(value) = inner
                    .optional(scalar.name)
                    .and_then(|node| value(node, scalar, errors))
                {
                    defaulted.insert(scalar.name.to_owned(), value);
                }
            }
        }
        Some(other) => wrong(
            other,
            "a map such as `{ loss: focal(2.0), patience: 10 }`",
            errors,
        ),
        None => {}
    }
    let resolved = match (loss, patience, min_delta) {
        (Some(loss), Some(patience), Some(min_delta)) => Some(Training {
            loss,
            patience,
            min_delta,
        }),
        _ => None,
    };
    TrainingFields {
        resolved,
        defaulted,
        seed,
    }
}

fn loss_of(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Loss> {
    if let Node::Call(name, arguments) = node
        && name == "focal"
    {
        let [argument] = arguments.as_slice() else {
            wrong(node, "`focal(2.0)`, with its γ", errors);
            return None;
        };
        let gamma = number(argument, errors)?;
        if !(0.0..=10.0).contains(&gamma) {
            errors.push(Diagnostic::new(
                argument.span(),
                format!("the γ of focal loss must be from 0 to 10, found {gamma}"),
            ));
            return None;
        }
        return Some(Loss::Focal(gamma));
    }
    one_of(
        node,
        "loss",
        &[
            ("bce", Loss::Bce),
            ("weighted_bce", Loss::WeightedBce),
            ("soft_auc", Loss::SoftAuc),
        ],
        errors,
    )
}

/// Whether `thermal: required` is said.
pub(crate) fn thermal(fields: &Fields<'_>, errors: &mut Vec<Diagnostic>) -> bool {
    fields
        .optional("thermal")
        .and_then(|node| {
            one_of(
                node,
                "thermal rule",
                &[("required", true), ("optional", false)],
                errors,
            )
        })
        .unwrap_or(false)
}

pub(crate) fn run(
    fields: &Fields<'_>,
    training: &TrainingFields,
    model: Option<&Model>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Run> {
    let node = fields.required("run", "hpo { trials: 50, … }", errors)?;
    match node {
        Node::Block(name, map) if name == "hpo" => hpo(map, training, model, errors).map(Run::Hpo),
        Node::Block(name, map) if name == "train" => {
            train(map, training, model, errors).map(Run::Train)
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

fn hpo(
    map: &Map,
    training: &TrainingFields,
    model: Option<&Model>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Hpo> {
    let fields = Fields::new(map, "`hpo`", &["trials", "timeout", "search"], errors);
    let trials = fields
        .required("trials", "50", errors)
        .and_then(|node| whole(node, 1..=100_000, errors));
    let timeout = fields
        .required("timeout", "\"4h\"", errors)
        .and_then(|node| timeout(node, errors));
    let search = match fields.required("search", "{ architecture: grid, … }", errors) {
        Some(Node::Map(map)) => space(map, &training.defaulted, model, errors),
        Some(other) => {
            wrong(other, "a map such as `{ architecture: grid, … }`", errors);
            None
        }
        None => None,
    };
    let (space, fixed) = search?;
    Some(Hpo {
        trials: u32::try_from(trials?).ok()?,
        timeout_seconds: timeout?,
        seed: training.seed,
        space,
        fixed,
    })
}

fn timeout(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<u64> {
    let written = text(node, "\"4h\"", errors)?;
    let found = parse_duration(written);
    if found.is_none() {
        errors.push(
            Diagnostic::new(node.span(), format!("\"{written}\" is no duration"))
                .help("such as \"4h\", \"90m\" or \"30s\""),
        );
    }
    found
}

fn train(
    map: &Map,
    training: &TrainingFields,
    model: Option<&Model>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Train> {
    let fields = Fields::new(map, "`train`", &["params", "seeds"], errors);
    let params = fields
        .required("params", "best(hpo_2M_threshold_1pct)", errors)
        .and_then(|node| params(node, training, model, errors));
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
    (errors.len() == before).then_some(seeds)
}

fn params(
    node: &Node,
    training: &TrainingFields,
    model: Option<&Model>,
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
                Ok([a, b]) => Some(Params::Between(a, b)),
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

fn fixed(
    map: &Map,
    training: &TrainingFields,
    model: Option<&Model>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Assignment> {
    let before = errors.len();
    let known: Vec<_> = std::iter::once("architecture")
        .chain(SCALARS.map(|scalar| scalar.name))
        .collect();
    let fields = Fields::new(map, "`params`", &known, errors);
    let mut assignment = training.defaulted.clone();
    match fields.required(
        "architecture",
        "{ d_model: 192, n_layers: 4, n_heads: 6, d_ff: 768 }",
        errors,
    ) {
        Some(node @ (Node::Name(_) | Node::Map(_))) => {
            if let Some([shape]) = model
                .and_then(|model| model.shapes(node, errors))
                .as_deref()
            {
                assignment.insert("architecture".to_owned(), Value::Architecture(*shape));
            } else if errors.len() == before && model.is_some() {
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
    (errors.len() == before && model.is_some()).then_some(assignment)
}
