//! The folder of a search: which version's it is, how many of its trials have ended, and the best.

use std::{
    fs::{self, File},
    path::Path,
};

use serde::{Deserialize, de::DeserializeOwned};
use xp_spec::{
    budget::Budget,
    files::{SEARCHES, read_at_most},
    training::Objective,
};

use super::value::Value;

/// Bytes of the largest file that is read: a trial has a learning curve.
const MAX_BYTES: u64 = 64 << 20;

/// States of trials that the next run takes over or starts: they have not ended.
const UNENDED: [&str; 4] = ["running", "waiting", "interrupted", "thermal"];

/// What is in the folder of a search.
pub(super) struct Found {
    /// Of the experiment whose results they are.
    pub(super) spec_hash: Option<String>,
    /// Trials that ended by themselves.
    pub(super) ended: u64,
    /// The best trial's, as of the last time that the search ended.
    pub(super) value: Option<Value>,
}

#[derive(Deserialize)]
struct Identity {
    spec_hash: String,
}

#[derive(Deserialize)]
struct Trial {
    state: String,
}

#[derive(Deserialize)]
struct Best {
    objective: Objective,
    best_value: f64,
}

/// The search in this folder of [`SEARCHES`]; absent where there is none.
pub(super) fn read(root: &Path, name: &str, budget: Budget) -> Option<Found> {
    let folder = root.join(SEARCHES).join(name);
    let identity: Option<Identity> = json(&folder.join("identity.json"));
    let trials = fs::read_dir(folder.join("trials")).into_iter().flatten();
    let ended = trials
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let is_json = path
                .extension()
                .is_some_and(|extension| extension == "json");
            is_json.then(|| json::<Trial>(&path)).flatten()
        })
        .filter(|trial| !UNENDED.contains(&trial.state.as_str()))
        .count();
    let best: Option<Best> = json(&folder.join(format!("{budget}_best.json")));
    folder.is_dir().then(|| Found {
        spec_hash: identity.map(|identity| identity.spec_hash),
        ended: ended as u64,
        value: best.map(|best| Value::of_search(best.objective, best.best_value)),
    })
}

fn json<T: DeserializeOwned>(path: &Path) -> Option<T> {
    let mut file = File::open(path).ok()?;
    let bytes = read_at_most(&mut file, MAX_BYTES).ok()?;
    serde_json::from_slice(&bytes).ok()
}
