//! A model that trains layer by layer has no sum of all gradients to accumulate.

use proc_macro2::Span;
use xp_spec::execution::{check_accumulation, execution};

use crate::{diagnostic::Diagnostic, resolve::Resolved};

/// Batches in parts at a budget that always trains layer by layer.
pub(crate) fn check(resolved: &Resolved<'_>) -> Vec<Diagnostic> {
    let Some(budget) = resolved.subject.budget else {
        return Vec::new();
    };
    let training = &resolved.training;
    let accumulation = training.resolved.as_ref().map_or(1, |it| it.accumulation);
    match check_accumulation(execution(budget, false, 0, None), accumulation) {
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
