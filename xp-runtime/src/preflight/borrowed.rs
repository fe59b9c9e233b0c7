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
