//! Choice among candidates on validation.

use xp_metrics::log_loss;

/// The candidate with the least mean log-loss on validation; the first of equals.
pub(crate) fn least<T>(
    candidates: impl IntoIterator<Item = Result<(T, Vec<f64>), String>>,
    labels: &[f64],
) -> Result<T, String> {
    let mut best: Option<(f64, T)> = None;
    for candidate in candidates {
        let (candidate, probabilities) = candidate?;
        let loss = log_loss(&probabilities, labels);
        if loss.is_finite() && best.as_ref().is_none_or(|(least, _)| loss < *least) {
            best = Some((loss, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
        .ok_or_else(|| "no candidate has a finite loss on validation".to_owned())
}
