//! Train is smaller than validation.

use xp_spec::{minima::counts, vocabulary::allow};

use super::definition::{Judged, Lint};
use crate::diagnostic::Diagnostic;

pub(super) const LINT: Lint = Lint {
    name: allow::small_training_region,
    why: "a model learns little from so few samples, and what is selected on the larger validation region is mostly chance",
    remedy: "a later `val`, or data that begins earlier",
    check,
};

fn check(judged: &Judged<'_>) -> Vec<Diagnostic> {
    let regions = &judged.checked.regions;
    let (train, val) = (regions.train.samples.len(), regions.val.samples.len());
    if train >= val {
        return Vec::new();
    }
    let span = judged.resolved.fields.nested_span("split", "val");
    vec![
        Diagnostic::new(
            span,
            format!("train has {train} samples, fewer than the {val} of validation"),
        )
        .note(counts(regions)),
    ]
}
