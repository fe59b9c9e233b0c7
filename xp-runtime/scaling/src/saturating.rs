//! L = E + Σ a_k·x_k^(−α_k) by variable projection (Golub & Pereyra 1973): for given exponents E and a_k are linear and solved exactly, so
//! that only the exponents are searched. A mean of Huber losses with default tolerances stops early (Besiroglu et al., arXiv 2404.10102);
//! here the sum of squares is minimised until the exponents converge.

use super::projection::{EXPONENTS, Fixed, Logs, search};

/// A fitted law with an irreducible loss.
#[derive(Debug, Clone, PartialEq)]
pub struct Saturating {
    /// Irreducible loss E > 0.
    pub e: f64,
    /// Coefficient a_k ≥ 0 and exponent α_k of each size.
    pub terms: Vec<(f64, f64)>,
    /// Share of variance of L that is explained.
    pub r2: f64,
}

impl Saturating {
    /// Loss at sizes, one for each term.
    pub fn at(&self, sizes: &[f64]) -> f64 {
        let terms = self.terms.iter().zip(sizes);
        self.e + terms.map(|((a, alpha), n)| a * n.powf(-alpha)).sum::<f64>()
    }
}

/// Fits L = E + Σ a_k·x_k^(−α_k) to sizes (one list per term, as long as `losses`). Absent with fewer points than 2 + 2·terms, where
/// a coefficient or E is not positive, or where an exponent is at a bound of its range: then the points do not identify the form.
pub fn saturating(sizes: &[Vec<f64>], losses: &[f64]) -> Option<Saturating> {
    let valid = |values: &[f64]| values.iter().all(|x| x.is_finite() && *x > 0.0);
    if losses.len() < 2 + 2 * sizes.len()
        || !valid(losses)
        || sizes
            .iter()
            .any(|size| size.len() != losses.len() || !valid(size))
    {
        return None;
    }
    let logs = Logs::new(sizes);
    let found = search(&logs, losses, Fixed::default())?;
    let (coefficients, exponents, rss) = (found.coefficients, found.exponents, found.rss);
    let mean = losses.iter().sum::<f64>() / losses.len() as f64;
    let tss: f64 = losses.iter().map(|l| (l - mean).powi(2)).sum();
    let (e, amplitudes) = coefficients.split_first()?;
    let inside = |alpha: &f64| *alpha > EXPONENTS.0 * 1.01 && *alpha < EXPONENTS.1 * 0.99;
    // An E of 0 is at its bound: the best E would be below 0, and the power law alone describes the points.
    if *e <= 0.0
        || amplitudes.iter().any(|a| *a <= 0.0)
        || !exponents.iter().all(inside)
        || tss < 1e-18
    {
        return None;
    }
    Some(Saturating {
        e: *e,
        terms: amplitudes
            .iter()
            .zip(&exponents)
            .zip(&logs.units)
            .map(|((a, alpha), unit)| (a * unit.powf(*alpha), *alpha))
            .collect(),
        r2: 1.0 - rss / tss,
    })
}

#[cfg(test)]
mod tests {
    use xp_metrics::Draws;

    use super::*;

    #[test]
    fn known_laws_are_recovered() {
        let sizes: Vec<f64> = [2e6, 6e6, 2e7, 2e8, 2e9].to_vec();
        for (e, a, alpha) in [(0.5, 20.0, 0.35), (0.62, 3.0, 0.2), (0.3, 400.0, 0.6)] {
            let losses: Vec<f64> = sizes.iter().map(|n| e + a * n.powf(-alpha)).collect();
            let fit = saturating(std::slice::from_ref(&sizes), &losses).unwrap();
            let (found_a, found_alpha) = fit.terms[0];
            assert!(
                (fit.e - e).abs() < 1e-5
                    && (found_alpha / alpha - 1.0).abs() < 1e-4
                    && (found_a / a - 1.0).abs() < 2e-3,
                "{fit:?}"
            );
            assert!((fit.at(&[2e7]) - losses[2]).abs() < 1e-7);
        }
        let flat = vec![0.6; 5];
        assert_eq!(saturating(std::slice::from_ref(&sizes), &flat), None);
        let rising: Vec<f64> = sizes.iter().map(|n| 0.4 + 0.01 * n.ln()).collect();
        assert_eq!(saturating(std::slice::from_ref(&sizes), &rising), None);
        assert_eq!(saturating(&[sizes[..3].to_vec()], &[0.7, 0.65, 0.6]), None);
        // Falls faster and faster: the best E would be below 0.
        let budgets = vec![1.8e6, 1.9e7, 2e8, 2e9];
        assert_eq!(saturating(&[budgets], &[0.75, 0.71, 0.66, 0.61]), None);
    }

    /// Constants and standard errors of the refit of Hoffmann et al. by Besiroglu et al. (arXiv 2404.10102). A mean of Huber losses that
    /// stops early gives a compute exponent near .46.
    #[test]
    fn the_chinchilla_refit_is_recovered_within_its_errors() {
        let law = |n: f64, d: f64| 1.8172 + 482.01 * n.powf(-0.3478) + 2085.43 * d.powf(-0.3658);
        let mut draws = Draws::new(7);
        let mut normal = || {
            let uniform =
                |draws: &mut Draws| (draws.below(1 << 30) as f64 + 0.5) / (1_u64 << 30) as f64;
            let radius = (-2.0 * uniform(&mut draws).ln()).sqrt();
            radius * (std::f64::consts::TAU * uniform(&mut draws)).cos()
        };
        for noise in [0.0, 0.002] {
            // As in the paper, about 245 models of 44M to 16B parameters on isoflop slices of 6e18 to 3e21 floating-point operations.
            let (mut n, mut d, mut l) = (Vec::new(), Vec::new(), Vec::new());
            for slice in 0..9 {
                let compute = 6e18 * (3e21_f64 / 6e18).powf(f64::from(slice) / 8.0);
                for step in 0..27 {
                    let params = 4.4e7 * (1.6e10_f64 / 4.4e7).powf(f64::from(step) / 26.0);
                    let tokens = compute / (6.0 * params);
                    n.push(params);
                    d.push(tokens);
                    l.push(law(params, tokens) * (noise * normal()).exp());
                }
            }
            let fit = saturating(&[n, d], &l).unwrap();
            let ((a, alpha), (b, beta)) = (fit.terms[0], fit.terms[1]);
            let exponent = beta / (alpha + beta);
            assert!((exponent - 0.5126).abs() < 0.01, "{exponent} of {fit:?}");
            for (found, truth, error) in [
                (fit.e, 1.8172, 0.03),
                (a, 482.01, 124.58),
                (alpha, 0.3478, 0.02),
                (b, 2085.43, 1293.23),
                (beta, 0.3658, 0.02),
            ] {
                assert!((found - truth).abs() < error, "{found} {truth} {fit:?}");
            }
        }
    }
}
