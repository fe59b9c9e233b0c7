//! Learning rate per optimizer step: linear warm-up, then a cosine to 0 (Loshchilov & Hutter, arXiv 1608.03983).

/// Learning rate of step `step` (from 0) of `total` steps.
pub fn learning_rate(peak: f64, step: u64, warmup: u64, total: u64) -> f64 {
    if step < warmup {
        return peak * (step + 1) as f64 / warmup as f64;
    }
    let rest = total.saturating_sub(warmup).max(1);
    let progress = ((step - warmup) as f64 / rest as f64).min(1.0);
    peak * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos())
}

#[cfg(test)]
mod tests {
    use super::learning_rate;

    #[test]
    fn warms_up_then_falls_to_zero() {
        let rates: Vec<f64> = (0..=10)
            .map(|step| learning_rate(1.0, step, 4, 10))
            .collect();
        assert_eq!(rates[..4], [0.25, 0.5, 0.75, 1.0]);
        assert_eq!(rates[4], 1.0);
        assert!((rates[7] - 0.5).abs() < 1e-12 && rates[10].abs() < 1e-12);
        assert!(rates[4..].windows(2).all(|pair| pair[1] < pair[0]));
        // A warm-up longer than the run stays below the peak and never divides by zero.
        assert_eq!(learning_rate(1.0, 9, 20, 10), 0.5);
    }
}
