//! Pre-flight's lines about the searches that a training borrows from.

use xp_host::resources::{Finding, Severity};

use super::best_file;
use crate::context::Context;

/// One finding for each search.
pub(super) fn findings(context: &Context) -> Vec<Finding> {
    context.spec
        .borrowed
        .iter()
        .map(|source| match best_file::read(context, source) {
            Ok(best) if best.ended < best.declared => Finding::new(
                Severity::Warning,
                "borrowed",
                format!(
                    "{}: only {} of its {} trials have ended: these hyperparameters may change; `cargo xp run {0}` resumes it",
                    source.binary, best.ended, best.declared
                ),
            ),
            Ok(best) if best.collapsed => Finding::new(
                Severity::Warning,
                "borrowed",
                format!(
                    "{}: its best trial has collapsed (it predicts the class prior): widen its search before these hyperparameters are trained",
                    source.binary
                ),
            ),
            Ok(best) if best.beats_prior == Some(false) => Finding::new(
                Severity::Warning,
                "borrowed",
                format!(
                    "{}: none of its trials beats the class prior: a training with these hyperparameters is part of no law",
                    source.binary
                ),
            ),
            Ok(best) => Finding::new(
                Severity::Good,
                "borrowed",
                format!(
                    "{}: {}after {} trials",
                    source.binary,
                    best.loss(4),
                    best.ended
                ),
            ),
            Err(message) => Finding::new(Severity::Error, "borrowed", message),
        })
        .collect()
}

/// Whether a search that is borrowed from has no trial that beats the class prior (F48).
pub(super) fn from_beaten(context: &Context) -> bool {
    let mut sources = context.spec.borrowed.iter();
    sources.any(|source| {
        best_file::read(context, source).is_ok_and(|best| best.beats_prior == Some(false))
    })
}
