//! What the lints found when the experiment was built: a run of it says so again.

use xp_host::resources::{Finding, Severity};

use crate::context::Context;

/// One finding each; those that the experiment allows are good.
pub(super) fn findings(context: &Context) -> Vec<Finding> {
    context
        .spec
        .findings
        .iter()
        .map(|found| {
            let text = format!("{}: {}", found.lint, found.message);
            match found.reason {
                Some(reason) => Finding::new(
                    Severity::Good,
                    "lint",
                    format!("{text} (allowed: {reason})"),
                ),
                None => Finding::new(Severity::Warning, "lint", text),
            }
        })
        .collect()
}
