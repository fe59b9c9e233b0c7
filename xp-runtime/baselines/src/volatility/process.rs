//! Conditional variance of daily returns: σ²ₜ₊₁ = ω + α·r²ₜ + β·σ²ₜ (Bollerslev 1986). An exponentially weighted average is the case
//! ω = 0, α = 1 − λ, β = λ (J.P. Morgan, RiskMetrics, 1996). Returns have mean 0.

/// Returns whose mean square starts the recursion, and how much less each one weighs than the one before it: as Python's `arch` does.
const FIRST_RETURNS: usize = 75;
const FIRST_DECAY: f64 = 0.94;
/// The least variance, as a share of the first one: where prices stand still for long, it would vanish.
const FLOOR: f64 = 1e-8;

/// A variance process.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Process {
    pub(crate) omega: f64,
    pub(crate) alpha: f64,
    pub(crate) beta: f64,
}

impl Process {
    /// An exponentially weighted average with decay λ.
    pub(crate) fn weighted(lambda: f64) -> Self {
        Self {
            omega: 0.0,
            alpha: 1.0 - lambda,
            beta: lambda,
        }
    }

    /// The variance after a return.
    pub(super) fn next(&self, square: f64, variance: f64) -> f64 {
        self.omega + self.alpha * square + self.beta * variance
    }

    /// Variance of each return given those before it, and last of the return that follows: `[squares + 1]`.
    pub(crate) fn variances(&self, squares: &[f64]) -> Vec<f64> {
        let first = first_variance(squares);
        let floor = FLOOR * first;
        let mut variance = self.next(first, first);
        let mut path = Vec::with_capacity(squares.len() + 1);
        for square in squares {
            variance = variance.max(floor);
            path.push(variance);
            variance = self.next(*square, variance);
        }
        path.push(variance.max(floor));
        path
    }

    /// Expected variances of the next `days` returns, of which the first is `next`.
    pub(crate) fn ahead(&self, next: f64, days: usize) -> Vec<f64> {
        // A return's expected square is its variance.
        let later = |variance: &f64| Some(self.next(*variance, *variance));
        std::iter::successors(Some(next), later)
            .take(days)
            .collect()
    }

    /// Mean negative log-likelihood of Gaussian returns; for others it is the quasi-likelihood.
    pub(crate) fn loss(&self, squares: &[f64]) -> f64 {
        let terms = squares.iter().zip(self.variances(squares));
        let sum: f64 = terms
            .map(|(square, variance)| variance.ln() + square / variance)
            .sum();
        0.5 * ((2.0 * std::f64::consts::PI).ln() + sum / squares.len() as f64)
    }
}

/// Weighted mean of the first squared returns.
fn first_variance(squares: &[f64]) -> f64 {
    let weights = std::iter::successors(Some(1.0), |weight| Some(weight * FIRST_DECAY));
    let (sum, total) = squares
        .iter()
        .take(FIRST_RETURNS)
        .zip(weights)
        .fold((0.0, 0.0), |(sum, total), (square, weight)| {
            (sum + weight * square, total + weight)
        });
    sum / total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variances_follow_the_recursion_and_never_vanish() {
        let process = Process {
            omega: 0.1,
            alpha: 0.2,
            beta: 0.7,
        };
        let path = process.variances(&[1.0, 1.0, 4.0]);
        let first = (1.0 + 0.94 + 4.0 * 0.8836) / (1.0 + 0.94 + 0.8836);
        let mut expected = vec![0.1 + 0.9 * first];
        for square in [1.0, 1.0, 4.0] {
            expected.push(0.1 + 0.2 * square + 0.7 * expected[expected.len() - 1]);
        }
        for (found, expected) in path.iter().zip(&expected) {
            assert!((found - expected).abs() < 1e-12, "{path:?} {expected:?}");
        }
        // 0.1 + 0.9 v leads to the unconditional variance 1; an average stays where it is.
        for (found, expected) in process.ahead(2.0, 3).iter().zip([2.0, 1.9, 1.81]) {
            assert!((found - expected).abs() < 1e-12, "{found}");
        }
        assert_eq!(Process::weighted(0.9).ahead(2.0, 3), [2.0; 3]);
        let still = [&[1.0][..], &[0.0; 2000]].concat();
        let path = Process::weighted(0.5).variances(&still);
        assert!(path.iter().all(|variance| *variance > 0.0));
    }
}
