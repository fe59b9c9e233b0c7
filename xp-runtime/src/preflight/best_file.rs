//! The best file of a search, `{budget}_best.json`, as others borrow from it.

use std::{fs, path::PathBuf};

use serde::Deserialize;
use xp_spec::{
    files::SEARCHES,
    space::{Assignment, SearchSpace},
};

use crate::{
    context::{Borrowed, Context},
    study::{Overridden, overridden},
};

/// The part of a search's `{budget}_best.json` that is borrowed.
#[derive(Debug, Deserialize)]
pub(super) struct Best {
    pub(super) best_params: Assignment,
    /// Absent where another program made the best trial and the objective is the AUC.
    pub(super) val_loss: Option<f64>,
    /// Whether the best trial predicts the class prior (F29).
    #[serde(default)]
    pub(super) collapsed: bool,
    /// Whether the best trial beats the class prior (F48); absent where that is not known.
    #[serde(default)]
    pub(super) beats_prior: Option<bool>,
    /// Trials that had ended, and those that the search declares.
    pub(super) ended: u64,
    pub(super) declared: u64,
    pub(super) prior_entropy: f64,
    #[serde(default)]
    search_space: Option<SearchSpace>,
    pub(super) spec_hash: String,
}

impl Best {
    /// `validation log-loss 0.6123 `, or nothing where it is not known.
    pub(super) fn loss(&self, digits: usize) -> String {
        self.val_loss.map_or_else(String::new, |loss| {
            format!("validation log-loss {loss:.digits$} ")
        })
    }

    /// Whether it was searched in its logarithm.
    pub(super) fn logarithmic(&self, name: &str) -> bool {
        self.search_space
            .iter()
            .flat_map(|space| &space.parameters)
            .any(|parameter| parameter.name == name && parameter.domain.is_logarithmic())
    }
}

/// Where the best file of a search is.
pub(super) fn best_path(context: &Context, source: &Borrowed) -> PathBuf {
    context
        .workspace
        .root()
        .join(SEARCHES)
        .join(source.experiment)
        .join(format!("{}_best.json", context.experiment.budget))
}

/// Why the searches of this name that options have changed lend nothing; empty where there are none.
fn lent_by_none(context: &Context, source: &Borrowed) -> String {
    let others = overridden(context, source.experiment);
    if others.is_empty() {
        return String::new();
    }
    let others: Vec<_> = others.iter().map(Overridden::text).collect();
    format!(
        " of its own; there are only runs with options that change results ({}), and a training does not borrow from them: they are another experiment than the one in the file",
        others.join("; ")
    )
}

/// The best file of a search, where it is of the same spec (F15); the error says what to run.
pub(super) fn read(context: &Context, source: &Borrowed) -> Result<Best, String> {
    let remedy = format!("run `cargo xp run {}` first", source.binary);
    let path = best_path(context, source);
    let text = fs::read(&path).map_err(|_| {
        format!(
            "{} has no result yet{}; {remedy}, or, for preliminary hyperparameters in less time, `cargo xp run {} -- --trials 5`",
            source.binary,
            lent_by_none(context, source),
            source.binary
        )
    })?;
    let best: Best = serde_json::from_slice(&text)
        .map_err(|cause| format!("{} cannot be read: {cause}; {remedy}", path.display()))?;
    if best.spec_hash != source.hash {
        return Err(format!(
            "{} is of another version of {} (spec {}, now {}); {remedy}",
            path.display(),
            source.binary,
            best.spec_hash,
            source.hash
        ));
    }
    Ok(best)
}
