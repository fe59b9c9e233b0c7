//! Sizes of a study.

/// `sizes` sizes from the smallest to the largest, evenly spread in logarithms; at least two.
pub fn ladder(from: f64, to: f64, sizes: usize) -> Vec<f64> {
    let steps = sizes.saturating_sub(1).max(1) as f64;
    (0..sizes)
        .map(|k| from * (to / from).powf(k as f64 / steps))
        .collect()
}
