//! What a study records of its experiment, and where its file is.

use serde_json::{Value, json};
use xp_spec::{experiment::Hpo, hash::setting};

use crate::context::Context;

/// The study's file in a search's folder.
pub(crate) const STUDY: &str = "study.db";

/// What a study keeps of its experiment beside the space: trials of studies that agree in all but `search` compare.
pub(crate) fn settings(context: &Context, hpo: &Hpo, validation: Value) -> Value {
    json!({
        "experiment": setting(&context.experiment),
        "overrides": context.options.overrides(),
        "validation": validation,
        "search": {"seed": hpo.seed, "strategy": hpo.strategy, "fixed": hpo.fixed},
    })
}
