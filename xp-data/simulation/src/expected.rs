//! What a model could learn at best, in expectation over labels.

use xp_metrics::entropy;

/// Expected log-losses over days, from the probability of a positive label after each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expected {
    /// Share of positive labels.
    pub rate: f64,
    /// Log-loss of that share, the best constant.
    pub prior: f64,
    /// Log-loss of the probabilities themselves, which a model beats by luck only.
    pub bayes: f64,
}

impl Expected {
    /// Of probabilities, `[days]`.
    pub fn of(probabilities: &[f64]) -> Self {
        let n = probabilities.len() as f64;
        let rate = probabilities.iter().sum::<f64>() / n;
        Self {
            rate,
            prior: entropy(rate),
            bayes: probabilities.iter().copied().map(entropy).sum::<f64>() / n,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        let found = Expected::of(&[0.0, 1.0]);
        assert_eq!(
            (found.rate, found.prior, found.bayes),
            (0.5, std::f64::consts::LN_2, 0.0)
        );
        let same = Expected::of(&[0.25; 3]);
        assert!((same.prior - same.bayes).abs() < 1e-15);
        assert!((same.bayes - 0.562_335).abs() < 1e-6);
    }
}
