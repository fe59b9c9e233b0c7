//! L = a·N^(−α) by least squares in log-log (Kaplan et al., arXiv 2001.08361).

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
    let count = points.len() as f64;
    let logs: Vec<(f64, f64)> = points.iter().map(|(n, l)| (n.ln(), l.ln())).collect();
    let mean = |f: &dyn Fn(&(f64, f64)) -> f64| logs.iter().map(f).sum::<f64>() / count;
    let (mx, my) = (mean(&|p| p.0), mean(&|p| p.1));
    let sxx = mean(&|p| (p.0 - mx).powi(2));
    let sxy = mean(&|p| (p.0 - mx) * (p.1 - my));
    let syy = mean(&|p| (p.1 - my).powi(2));
    if points.len() < 2 || sxx < 1e-12 {
        return None;
    }
    let slope = sxy / sxx;
    Some(PowerLaw {
        a: (my - slope * mx).exp(),
        alpha: -slope,
        r2: if syy > 1e-15 {
            sxy * sxy / (sxx * syy)
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
