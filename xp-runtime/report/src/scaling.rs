//! The scaling law L = a·N^(−α) by least squares in log-log (Kaplan et al., arXiv 2001.08361), with R² and a verdict by α's interval.

/// What the data say about scaling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Loss falls with size: α's interval lies above 0.
    Scales,
    /// α's interval holds 0.
    Flat,
    /// Loss rises with size: α's interval lies below 0 (F42).
    Inverse,
    /// Fewer than three budgets, or no interval.
    InsufficientData,
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Scales => "scales",
            Self::Flat => "flat",
            Self::Inverse => "inverse",
            Self::InsufficientData => "insufficient data",
        })
    }
}

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

/// Fewest budgets that allow a verdict.
pub const MIN_BUDGETS: usize = 3;

/// Fits L = a·N^(−α) to (N, L), all positive; absent for fewer than two different sizes.
pub fn power_law(points: &[(f64, f64)]) -> Option<PowerLaw> {
    if points
        .iter()
        .any(|(n, l)| !(n.is_finite() && l.is_finite() && *n > 0.0 && *l > 0.0))
    {
        return None;
    }
    let count = points.len() as f64;
    let mean = |f: &dyn Fn(&(f64, f64)) -> f64| points.iter().map(f).sum::<f64>() / count;
    let (mx, my) = (mean(&|p| p.0.ln()), mean(&|p| p.1.ln()));
    let sxx = mean(&|p| (p.0.ln() - mx).powi(2));
    let sxy = mean(&|p| (p.0.ln() - mx) * (p.1.ln() - my));
    let syy = mean(&|p| (p.1.ln() - my).powi(2));
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

/// Verdict by α's 95 % interval.
pub fn verdict(budgets: usize, interval: Option<(f64, f64)>) -> Verdict {
    match interval {
        Some((low, _)) if budgets >= MIN_BUDGETS && low > 0.0 => Verdict::Scales,
        Some((_, high)) if budgets >= MIN_BUDGETS && high < 0.0 => Verdict::Inverse,
        Some(_) if budgets >= MIN_BUDGETS => Verdict::Flat,
        _ => Verdict::InsufficientData,
    }
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
        }
        assert!(power_law(&law(0.07)).unwrap().r2 > 0.999_999);
        assert_eq!(power_law(&[(2e6, 0.6)]), None);
        assert_eq!(power_law(&[(2e6, 0.6), (2e6, 0.5)]), None);
        assert_eq!(power_law(&[(2e6, 0.6), (2e7, f64::NAN)]), None);
    }

    #[test]
    fn verdicts_follow_the_interval() {
        for (budgets, interval, expected) in [
            (4, Some((0.01, 0.05)), Verdict::Scales),
            (4, Some((-0.01, 0.05)), Verdict::Flat),
            (3, Some((-0.05, -0.01)), Verdict::Inverse),
            (2, Some((0.01, 0.05)), Verdict::InsufficientData),
            (4, None, Verdict::InsufficientData),
        ] {
            assert_eq!(verdict(budgets, interval), expected);
        }
    }
}
