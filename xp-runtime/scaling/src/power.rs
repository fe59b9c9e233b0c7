//! L = a·N^(−α) by least squares in log-log (Kaplan et al., arXiv 2001.08361).

use super::line::Line;

/// A fitted power law.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PowerLaw {
    /// Coefficient.
    pub a: f64,
    /// Exponent; above 0 where loss falls with size.
    pub alpha: f64,
    /// Share of variance of ln L that is explained.
    pub r2: f64,
}

impl PowerLaw {
    /// Loss at a size.
    pub fn at(&self, n: f64) -> f64 {
        self.a * n.powf(-self.alpha)
    }
}

/// Fits L = a·N^(−α) to (N, L), all positive; absent for fewer than two different sizes.
pub fn power_law(points: &[(f64, f64)]) -> Option<PowerLaw> {
    if points
        .iter()
        .any(|(n, l)| !(n.is_finite() && l.is_finite() && *n > 0.0 && *l > 0.0))
    {
        return None;
    }
    let (x, y): (Vec<f64>, Vec<f64>) = points.iter().map(|(n, l)| (n.ln(), l.ln())).unzip();
    let line = Line::through(&x, &y)?;
    let total: f64 = y.iter().map(|y| (y - line.level).powi(2)).sum();
    Some(PowerLaw {
        a: (line.level - line.slope * line.centre).exp(),
        alpha: -line.slope,
        r2: if total > 1e-15 * y.len() as f64 {
            line.slope * line.slope * line.sxx / total
        } else {
            0.0
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_laws_are_recovered() {
        let law = |alpha: f64| [2e6, 2e7, 2e8, 2e9].map(|n: f64| (n, 3.0 * n.powf(-alpha)));
        for alpha in [0.07, 0.0, -0.03] {
            let fit = power_law(&law(alpha)).unwrap();
            assert!(
                (fit.alpha - alpha).abs() < 1e-12 && (fit.a - 3.0).abs() < 1e-9,
                "{fit:?}"
            );
            assert!((fit.at(2e7) - 3.0 * 2e7_f64.powf(-alpha)).abs() < 1e-9);
        }
        assert!(power_law(&law(0.07)).unwrap().r2 > 0.999_999);
        assert_eq!(power_law(&[(2e6, 0.6)]), None);
        assert_eq!(power_law(&[(2e6, 0.6), (2e6, 0.5)]), None);
        assert_eq!(power_law(&[(2e6, 0.6), (2e7, f64::NAN)]), None);
    }
}
