//! The spec hash: equal for two experiments that would give the same numbers, whatever they are called.

use md5::{Digest, Md5};
use serde_json::Value;

use crate::{
    architecture::Normalisation,
    budget::Budget,
    evaluate::Evaluate,
    experiment::{Experiment, Params, Run},
    pruner::{Pruner, idle},
    split::Split,
    standardise::CLIPPED_AT,
    train_part::TrainPart,
};

/// Hexadecimal digits of a spec hash.
pub const HASH_DIGITS: usize = 16;

/// MD5 of bytes as 32 hexadecimal digits.
pub fn md5_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Md5::digest(bytes)
        .iter()
        .fold(String::new(), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// Fields of an experiment that change no result.
const UNHASHED: [&str; 6] = [
    "binary",
    "phase",
    "description",
    "baselines",
    "thermal",
    "device",
];
/// Fields of a search that merely extend it.
const UNHASHED_OF_SEARCH: [&str; 2] = ["trials", "timeout_seconds"];
/// Keys of the fields above in the experiment language: a variant ends the binary's name, and `timeout` is in other units. `allow` is not
/// even in a resolved experiment: a lint changes no result, and one that a later version adds must not change any hash.
pub const UNHASHED_KEYS: [&str; 9] = [
    "phase",
    "description",
    "variant",
    "baselines",
    "thermal",
    "device",
    "allow",
    "trials",
    "timeout",
];

/// Hash of everything that changes results: not of names, phase and description, not of what is wanted of the machine, nor of
/// the trials and seconds that merely extend a search. Keys are sorted, so that neither formatting nor order matters.
pub fn spec_hash(experiment: &Experiment) -> String {
    let mut value = hashed(experiment);
    for key in UNHASHED_OF_SEARCH {
        remove(&mut value, &["run", "hpo", key]);
    }
    hash_value(&value)
}

/// What of an experiment changes results. `zscore` is written with the quantiles that it clips at: it did not clip once, and results of
/// then belong to another experiment.
fn hashed(experiment: &Experiment) -> Value {
    let mut value = serde_json::to_value(experiment).unwrap_or(Value::Null);
    for key in UNHASHED {
        remove(&mut value, &[key]);
    }
    if experiment.normalisation == Normalisation::Zscore
        && let Some(normalisation) = value.get_mut("normalisation")
    {
        *normalisation = serde_json::json!({ "zscore": CLIPPED_AT });
    }
    value
}

/// Spec hash of an experiment that borrows from searches: theirs are part of it, since its hyperparameters come from them.
pub fn borrowing_hash(experiment: &Experiment, searches: &[&str]) -> String {
    if searches.is_empty() {
        return spec_hash(experiment);
    }
    hash_value(&serde_json::json!([spec_hash(experiment), searches]))
}

/// Equal for two experiments that give the same numbers though they are written differently. `borders` are the first trading days of
/// validation and test, `samples` are those of train. Experiments that differ only in tolerance but have the same shapes are equal, except
/// with `between`; so are those that differ in how they say after which steps each training is evaluated, in patience beyond the longest
/// training, in a pruner that can never prune, in the name of the data, or in how the part of train is written.
pub fn equivalence_hash(experiment: &Experiment, borders: Split, samples: u64) -> String {
    let mut normal = experiment.clone();
    // The same samples of train, however their part is written.
    normal.split = Split {
        train: TrainPart::Whole,
        ..borders
    };
    normal.data.name.clear();
    normal.data.path.clear();
    let between =
        matches!(&experiment.run, Run::Train(train) if matches!(train.params, Params::Between(..)));
    if !between {
        normal.tolerance = Budget::TOLERANCE;
    }
    if let Some(extent) = normal.extent(samples) {
        normal.training.patience = extent.patience.min(extent.evaluations);
        let (fewest, most) = extent.intervals;
        if fewest == most {
            normal.training.evaluate = Evaluate::Every(most);
        }
        // Trials may be added, so that it does not matter how many there are.
        if let Run::Hpo(hpo) = &mut normal.run
            && idle(hpo.strategy.pruner, u32::MAX, &extent).is_some()
        {
            hpo.strategy.pruner = Pruner::None;
        }
    }
    effective_hash(&normal, &Value::from(samples))
}

/// What decides the results of a search's trials, apart from their own hyperparameters: two searches with equal settings have
/// comparable trials, whatever they search and however.
pub fn setting(experiment: &Experiment) -> Value {
    let mut value = hashed(experiment);
    remove(&mut value, &["run"]);
    value
}

/// Hash of an experiment together with what the command line overrides in it.
pub fn effective_hash(experiment: &Experiment, overrides: &Value) -> String {
    hash_value(&Value::Array(vec![
        Value::String(spec_hash(experiment)),
        overrides.clone(),
    ]))
}

fn hash_value(value: &Value) -> String {
    let mut hash = md5_hex(canonical(value).as_bytes());
    hash.truncate(HASH_DIGITS);
    hash
}

fn remove(value: &mut Value, path: &[&str]) {
    match path {
        [] => {}
        [key] => {
            if let Some(object) = value.as_object_mut() {
                object.remove(*key);
            }
        }
        [key, rest @ ..] => {
            if let Some(inner) = value.get_mut(*key) {
                remove(inner, rest);
            }
        }
    }
}

/// JSON with sorted keys and without white space.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(object) => {
            let mut keys: Vec<_> = object.keys().collect();
            keys.sort();
            let fields: Vec<_> = keys
                .into_iter()
                .map(|key| {
                    let name = Value::String(key.clone());
                    format!(
                        "{name}:{}",
                        object.get(key).map_or_else(String::new, canonical)
                    )
                })
                .collect();
            format!("{{{}}}", fields.join(","))
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        other => other.to_string(),
    }
}
