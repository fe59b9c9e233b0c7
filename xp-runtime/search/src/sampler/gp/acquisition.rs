//! Logarithm of the expected improvement, which keeps a gradient where the improvement itself underflows (Ament et al.,
//! NeurIPS 2023). It searches nothing.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use crate::sampler::gp::posterior::{Look, Posterior};

/// Log expected improvement below the incumbent, averaged over the versions of the posterior.
pub(crate) struct Acquisition {
    posterior: Posterior,
    /// Incumbent of each version.
    bests: Vec<f64>,
}

/// Log of the mean improvement, with the share of each version in it and its derivative by that version's z.
struct Improvement {
    log: f64,
    /// z, and share times derivative, of each version.
    parts: Vec<(f64, f64)>,
}

impl Acquisition {
    pub(crate) fn new(posterior: Posterior) -> Self {
        Self {
            bests: posterior.incumbents(),
            posterior,
        }
    }

    pub(crate) fn score(&self, at: &[f64]) -> f64 {
        let look = self.posterior.look(at);
        let deviation = look.variance.sqrt();
        deviation.ln() + self.improvement(&look, deviation).log
    }

    fn improvement(&self, look: &Look, deviation: f64) -> Improvement {
        let versions = self.posterior.alphas().iter().zip(&self.bests);
        let logs: Vec<(f64, f64, f64)> = versions
            .map(|(alpha, best)| {
                let z = (best - look.mean(alpha)) / deviation;
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

    /// The score with its gradient by the features in `wanted`.
    pub(crate) fn slope(&self, at: &[f64], wanted: &[usize], gradient: &mut [f64]) -> f64 {
        let look = self.posterior.look(at);
        let deviation = look.variance.sqrt();
        let improvement = self.improvement(&look, deviation);
        // The means enter by their weighted sum only, and each z beside its weight.
        let mut alpha = vec![0.0; self.posterior.alphas().first().map_or(0, Vec::len)];
        let mut pull = 0.0;
        for (version, (z, weight)) in self.posterior.alphas().iter().zip(&improvement.parts) {
            pull += weight * z;
            for (slot, value) in alpha.iter_mut().zip(version) {
                *slot += weight * value;
            }
        }
        let (by_mean, by_variance) = self.posterior.slope(&look, &alpha, at, wanted);
        for ((slot, mean), variance) in gradient.iter_mut().zip(by_mean).zip(by_variance) {
            let deviation_change = 0.5 * variance / deviation;
            *slot = (deviation_change - mean - pull * deviation_change) / deviation;
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
