//! What the Gaussian process regresses on: merits as standardised numbers, lower is better. It sees no point.

use crate::compiled::Merit;

/// Standardised targets. An infeasible trial takes the worst measured value, as a trial of which only that is known that it
/// was no better.
pub(crate) fn targets(merits: &[Merit]) -> Vec<f64> {
    let measured: Vec<f64> = merits.iter().filter_map(|merit| merit.value()).collect();
    let worst = measured.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let raw: Vec<f64> = merits
        .iter()
        .map(|merit| merit.value().unwrap_or(worst))
        .collect();
    standardise(raw)
}

fn standardise(mut values: Vec<f64>) -> Vec<f64> {
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count;
    let deviation = variance.sqrt().max(f64::MIN_POSITIVE);
    for value in &mut values {
        *value = (*value - mean) / deviation;
    }
    values
}
