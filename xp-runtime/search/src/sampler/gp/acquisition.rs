//! Logarithm of the expected improvement, which keeps a gradient where the improvement itself underflows (Ament et al.,
//! NeurIPS 2023). It searches nothing.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use crate::sampler::gp::posterior::{Posterior, Prediction};

/// Log expected improvement below the incumbent, averaged over the fantasies of running trials.
pub(crate) struct Acquisition {
    posterior: Posterior,
    /// Incumbent of each fantasy.
    incumbents: Vec<f64>,
}

/// Log of the mean improvement over fantasies.
struct Improvement {
    log: f64,
    /// For each fantasy: z, and the derivative of the log mean improvement by it.
    parts: Vec<(f64, f64)>,
}

impl Acquisition {
    pub(crate) fn new(posterior: Posterior) -> Self {
        Self {
            incumbents: posterior.incumbents(),
            posterior,
        }
    }

    pub(crate) fn score(&self, at: &[f64]) -> f64 {
        let prediction = self.posterior.predict(at);
        let deviation = prediction.variance.sqrt();
        deviation.ln() + self.improvement(&prediction, deviation).log
    }

    fn improvement(&self, prediction: &Prediction, deviation: f64) -> Improvement {
        let fantasies = self.posterior.alphas().iter().zip(&self.incumbents);
        let logs: Vec<(f64, f64, f64)> = fantasies
            .map(|(alpha, best)| {
                let z = (best - prediction.mean(alpha)) / deviation;
                let (log, derivative) = log_improvement(z);
                (z, log, derivative)
            })
            .collect();
        let top = logs
            .iter()
            .fold(f64::NEG_INFINITY, |top, (_, log, _)| top.max(*log));
        let sum: f64 = logs.iter().map(|(_, log, _)| (log - top).exp()).sum();
        Improvement {
            log: top + (sum / logs.len().max(1) as f64).ln(),
            parts: logs
                .into_iter()
                .map(|(z, log, derivative)| (z, (log - top).exp() / sum * derivative))
                .collect(),
        }
    }

    /// The score; writes its gradient by the features in `wanted`.
    pub(crate) fn score_with_gradient(
        &self,
        at: &[f64],
        wanted: &[usize],
        gradient: &mut [f64],
    ) -> f64 {
        let prediction = self.posterior.predict(at);
        let deviation = prediction.variance.sqrt();
        let improvement = self.improvement(&prediction, deviation);
        // The gradient needs only sums over fantasies, weighted by their derivatives: of the means, and of z.
        let mut alpha = vec![0.0; self.posterior.alphas().first().map_or(0, Vec::len)];
        let mut weighted_z = 0.0;
        for (fantasy, (z, weight)) in self.posterior.alphas().iter().zip(&improvement.parts) {
            weighted_z += weight * z;
            for (slot, value) in alpha.iter_mut().zip(fantasy) {
                *slot += weight * value;
            }
        }
        let (by_mean, by_variance) = self.posterior.gradients(&prediction, &alpha, at, wanted);
        for ((slot, mean), variance) in gradient.iter_mut().zip(by_mean).zip(by_variance) {
            let deviation_change = 0.5 * variance / deviation;
            *slot = (deviation_change - mean - weighted_z * deviation_change) / deviation;
        }
        deviation.ln() + improvement.log
    }
}

/// log(φ(z) + z·Φ(z)) and its derivative.
fn log_improvement(z: f64) -> (f64, f64) {
    let density = (-0.5 * z * z).exp() / (2.0 * PI).sqrt();
    if z > -1.0 {
        let below = 0.5 * libm::erfc(-z * FRAC_1_SQRT_2);
        let improvement = density + z * below;
        return (improvement.ln(), below / improvement);
    }
    // Φ(z) = φ(z)·m with Mills' ratio m, so that φ cancels.
    let log_density = -0.5 * z * z - 0.5 * (2.0 * PI).ln();
    let (mills, rest) = mills(-z);
    (log_density + rest.ln(), mills / rest)
}

/// Mills' ratio m(t) = (1 − Φ(t)) / φ(t) and 1 − t·m(t), for t ≥ 1, by its continued fraction where t is large.
fn mills(t: f64) -> (f64, f64) {
    if t < 5.0 {
        let mills = 0.5 * libm::erfc(t * FRAC_1_SQRT_2) * (2.0 * PI).sqrt() * (0.5 * t * t).exp();
        return (mills, 1.0 - t * mills);
    }
    // m = 1/(t + 1/(t + 2/(t + 3/(t + …)))): with c the first inner fraction, 1 − t·m = c/(t + c).
    let inner = (1..=40)
        .rev()
        .fold(0.0, |rest, k| f64::from(k) / (t + rest));
    (1.0 / (t + inner), inner / (t + inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn improvement_is_smooth_and_right() {
        // Values of log(φ + zΦ) by 50-digit arithmetic (mpmath).
        for (z, expected) in [
            (0.0, -0.918_938_533_204_672_7),
            (-1.0, -2.485_121_025_712_641_3),
            (-5.0, -16.744_301_162_660_99),
            (-30.0, -457.724_653_760_598),
        ] {
            let (value, _) = log_improvement(z);
            assert!(
                (value - expected).abs() < 1e-12 * expected.abs(),
                "{z}: {value}"
            );
        }
        for step in -400..40 {
            let z = f64::from(step) / 10.0 + 0.03;
            let numeric = (log_improvement(z + 1e-5).0 - log_improvement(z - 1e-5).0) / 2e-5;
            let (_, derivative) = log_improvement(z);
            assert!(
                (numeric - derivative).abs() < 1e-4 * (1.0 + derivative),
                "{z}"
            );
        }
    }
}
