//! Batches that cannot be split into parts: of a model that trains layer by layer, which has no sum of all gradients, and of a loss of pairs.

use proc_macro2::Span;
use xp_spec::execution::{check_accumulation, execution};

use crate::{diagnostic::Diagnostic, resolve::Resolved};

/// Batches in parts at a budget that always trains layer by layer, or with a loss that needs all of a batch.
pub(crate) fn check(resolved: &Resolved<'_>) -> Vec<Diagnostic> {
    let Some(budget) = resolved.subject.budget else {
        return Vec::new();
    };
    let training = &resolved.training;
    let Some(settings) = &training.resolved else {
        return Vec::new();
    };
    let execution = execution(budget, false, 0, None);
    match check_accumulation(execution, settings.loss, settings.accumulation) {
        Ok(()) => Vec::new(),
        Err(message) => {
            let span = training.accumulation.unwrap_or_else(Span::call_site);
            vec![
                Diagnostic::new(span, format!("budget {budget}: {message}"))
                    .help("leave `accumulation` out, or set a smaller `batch_size`"),
            ]
        }
    }
}
