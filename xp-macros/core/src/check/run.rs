//! `run: hpo { … }` and `run: train { … }`.

use xp_spec::{
    duration::parse_duration,
    experiment::{Hpo, Params, Run, Train},
    files::config::Defaults,
    hyper::{REQUIRED, SCALARS},
    space::{Assignment, Value},
    vocabulary,
};

use super::{
    fields::{Fields, text, whole, wrong},
    model::Model,
    space::{space, value},
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
    model: Option<&Model>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Run> {
    let node = fields.required("run", "hpo { trials: 50, … }", errors)?;
    unconsumed(fields, node, errors);
    match node {
        Node::Block(name, map) if name == "hpo" => {
            hpo(map, training, defaults, model, errors).map(Run::Hpo)
        }
        Node::Block(name, map) if name == "train" => {
            train(map, training, model, errors).map(Run::Train)
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
    model: Option<&Model>,
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
        Some(Node::Map(map)) => space(map, &training.defaulted, model, errors),
        Some(other) => {
            wrong(other, "a map such as `{ architecture: grid, … }`", errors);
            None
        }
        None => None,
    };
    let known_space = search.as_ref().map(|(space, fixed)| (space, fixed));
    let strategy = strategy(&fields, defaults, trials, known_space, model, errors);
    let (space, fixed) = search?;
    Some(Hpo {
        trials: trials?,
        timeout_seconds: timeout?,
        seed: training.seed,
        strategy: strategy?,
        space,
        fixed,
    })
}

/// Longest time of a search, seconds: a year.
const LONGEST: u64 = 366 * 24 * 3600;
/// Seeds of a training at most.
const MOST_SEEDS: usize = 1000;

fn timeout(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<u64> {
    let written = text(node, "\"4h\"", errors)?;
    match parse_duration(written) {
        Some(seconds) if seconds <= LONGEST => return Some(seconds),
        Some(_) => errors.push(
            Diagnostic::new(node.span(), format!("\"{written}\" is longer than a year"))
                .help("such as \"4h\" or \"168h\""),
        ),
        None => errors.push(
            Diagnostic::new(node.span(), format!("\"{written}\" is no duration"))
                .help("such as \"4h\", \"90m\" or \"30s\""),
        ),
    }
    None
}

fn train(
    map: &Map,
    training: &TrainingFields,
    model: Option<&Model>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Train> {
    let fields = Fields::new(map, "`train`", vocabulary::train::ALL, errors);
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
    let fields = Fields::new(map, "`params`", vocabulary::hyperparameters::ALL, errors);
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
