//! Lints: warnings about experiments that are right and yet doubtful.
//!
//! **To add a lint**, write a file with its `LINT` and add its line to [`LINTS`], and its name with what it finds to
//! `xp_spec::vocabulary::allow`. Its cases are rows of `tests/lints.txt`; docs/definitions.md lists it.
//!
//! Lints see right experiments only, and change neither the experiment nor its hash: what a run computes does not depend on them.

mod definition;
mod outlying_columns;
mod revin_removes_level;
mod small_training_region;

use crate::{checked::Checked, diagnostic::Diagnostic, finding::Finding, resolve::Resolved};
use definition::{Judged, Lint};

/// All lints.
const LINTS: &[Lint] = &[
    small_training_region::LINT,
    revin_removes_level::LINT,
    outlying_columns::LINT,
];

/// The name of the warning for an `allow` that allows nothing.
const UNUSED: &str = "unused_allow";

/// What the lints find in a right experiment, in order of the text: what it allows with its reason, and what it allows in vain.
pub(crate) fn findings(resolved: &Resolved<'_>, checked: &Checked) -> Vec<Finding> {
    let judged = Judged { resolved, checked };
    let mut found: Vec<_> = LINTS
        .iter()
        .flat_map(|lint| {
            let allowance = resolved
                .allowances
                .iter()
                .find(|allowance| allowance.lint == lint.name);
            lint.findings(&judged)
                .into_iter()
                .map(move |diagnostic| Finding {
                    lint: lint.name,
                    diagnostic,
                    reason: allowance.map(|allowance| allowance.reason.clone()),
                })
        })
        .collect();
    let unused = resolved
        .allowances
        .iter()
        .filter(|allowance| !found.iter().any(|finding| finding.lint == allowance.lint))
        .map(|allowance| Finding {
            lint: UNUSED,
            diagnostic: Diagnostic::new(
                allowance.span,
                format!("`{}` is allowed, and finds nothing here", allowance.lint),
            )
            .help("remove it from `allow`"),
            reason: None,
        })
        .collect::<Vec<_>>();
    found.extend(unused);
    found.sort_by_key(|finding| {
        let at = finding.diagnostic.span.start();
        (at.line, at.column)
    });
    found
}

#[cfg(test)]
mod tests {
    use xp_spec::vocabulary::allow;

    use super::*;

    #[test]
    fn every_lint_can_be_allowed_and_is_explained() {
        let names: Vec<_> = LINTS.iter().map(|lint| lint.name).collect();
        assert_eq!(names, allow::ALL);
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/definitions.md");
        let documented = std::fs::read_to_string(root).unwrap_or_default();
        for lint in LINTS {
            assert!(!lint.why.is_empty() && !lint.remedy.is_empty());
            let row = format!("| `{}` |", lint.name);
            assert!(documented.contains(&row), "{row}");
        }
    }
}
