//! Values of `training` that nothing would consume, since the run specifies or borrows them itself (F01, F04).

use xp_spec::{scalar::SCALARS, vocabulary};

use crate::{diagnostic::Diagnostic, resolve::Resolved, syntax::Node};

/// Hyperparameters that the run has, and the seed of a training, which has `seeds`.
pub(crate) fn check(resolved: &Resolved<'_>) -> Vec<Diagnostic> {
    let fields = &resolved.fields;
    let (Some(Node::Map(training)), Some(Node::Block(kind, run))) =
        (fields.optional("training"), fields.optional("run"))
    else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (key, _) in &training.entries {
        let name = key.to_string();
        let hyperparameter = SCALARS.iter().any(|scalar| scalar.name == name);
        // An unknown key was reported.
        if !vocabulary::training::ALL.contains(&name.as_str()) {
            continue;
        }
        let why = match (run.get("search"), run.get("params")) {
            (Some(Node::Map(map)), _) | (_, Some(Node::Map(map)))
                if hyperparameter && map.get(&name).is_some() =>
            {
                "`run` specifies it, too"
            }
            (_, Some(Node::Call(..))) if hyperparameter => "the hyperparameters are borrowed",
            _ if name == "seed" && kind == "train" => "a training has `seeds`",
            _ => continue,
        };
        found.push(
            Diagnostic::new(
                key.span(),
                format!("nothing consumes `{name}` of `training`: {why}"),
            )
            .help("remove it here: a value is specified once"),
        );
    }
    found
}
