//! Student's t (1908) for means of few values.

use statrs::distribution::{ContinuousCDF, FisherSnedecor, Normal, StudentsT};

/// Degrees of freedom from which t is taken as normal, 0.01 % narrower: beyond them the quantile of t loses digits.
const NORMAL_FROM: f64 = 1e4;
/// Halvings of a p-value's bracket.
const HALVINGS: usize = 40;

/// Half of a 95 % interval in standard errors: 12.7 for one degree of freedom, 1.96 for very many. Infinite without any.
pub fn half_width(df: f64) -> f64 {
    quantile(df, 0.05)
}

/// The value that |t| exceeds with this probability.
fn quantile(df: f64, level: f64) -> f64 {
    let share = 1.0 - level / 2.0;
    if df > NORMAL_FROM {
        return Normal::standard().inverse_cdf(share);
    }
    StudentsT::new(0.0, 1.0, df).map_or(f64::INFINITY, |t| t.inverse_cdf(share))
}

/// Half of an interval at this level for a sum of parts whose variances are estimated with few degrees of freedom: √Σ t²·variance. It holds
/// where one part happens to be estimated far too small, which an approximation by degrees of freedom of the sum takes for certainty.
pub(crate) fn reach(parts: &[(f64, f64)], level: f64) -> f64 {
    let each = parts.iter().filter(|(variance, _)| *variance > 0.0);
    let squares: f64 = each
        .map(|(variance, df)| quantile(*df, level).powi(2) * variance)
        .sum();
    squares.sqrt()
}

/// The level at which [`reach`] is the estimate's distance from 0: its two-sided p-value.
pub(crate) fn p_of_parts(estimate: f64, parts: &[(f64, f64)]) -> f64 {
    let known: Vec<&(f64, f64)> = parts
        .iter()
        .filter(|(variance, _)| *variance > 0.0)
        .collect();
    match known.as_slice() {
        [] => return p_value(estimate, 0.0, f64::INFINITY),
        [(variance, df)] => return p_value(estimate, variance.sqrt(), *df),
        _ => {}
    }
    if estimate == 0.0 {
        return 1.0;
    }
    // On a logarithmic scale, since small ones are compared too.
    let (mut low, mut high) = (1e-12_f64.ln(), 0.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if reach(parts, middle.exp()) > estimate.abs() {
            low = middle;
        } else {
            high = middle;
        }
    }
    high.exp()
}

/// Two-sided p-value of an estimate with its standard error; 1 where both are 0.
pub fn p_value(estimate: f64, error: f64, df: f64) -> f64 {
    if estimate == 0.0 {
        return 1.0;
    }
    let ratio = estimate.abs() / error;
    if !ratio.is_finite() {
        return 0.0;
    }
    if df > NORMAL_FROM {
        return 2.0 * Normal::standard().sf(ratio);
    }
    StudentsT::new(0.0, 1.0, df).map_or(1.0, |t| 2.0 * t.sf(ratio))
}

/// p-value of a ratio of two variances under the hypothesis that they are equal, against the first being larger; 1 where either has no
/// degrees of freedom.
pub fn larger_variance(ratio: f64, df: f64, of: f64) -> f64 {
    if !ratio.is_finite() {
        return if ratio > 0.0 && df > 0.0 { 0.0 } else { 1.0 };
    }
    FisherSnedecor::new(df, of.min(NORMAL_FROM)).map_or(1.0, |f| f.sf(ratio.max(0.0)))
}

/// 95 % interval of a mean; absent for fewer than two values.
pub fn mean_interval(values: &[f64]) -> Option<(f64, f64)> {
    let n = values.len() as f64;
    if values.len() < 2 {
        return None;
    }
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|x| (x - mean).powi(2)).sum();
    let reach = half_width(n - 1.0) * (squares / (n - 1.0) / n).sqrt();
    Some((mean - reach, mean + reach))
}

/// Degrees of freedom of a sum of independent estimated variances (Welch 1947, Satterthwaite 1946), from each variance and its own.
pub(crate) fn degrees_of_freedom(parts: &[(f64, f64)]) -> f64 {
    let sum: f64 = parts.iter().map(|(variance, _)| variance).sum();
    let squares: f64 = parts
        .iter()
        .filter(|(variance, _)| *variance > 0.0)
        .map(|(variance, df)| variance * variance / df)
        .sum();
    if squares > 0.0 {
        sum * sum / squares
    } else {
        f64::INFINITY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R: `t.test(c(1, 2, 4))$conf.int` and `t.test(c(1, 3))$conf.int`.
    #[test]
    fn means_of_few_values_have_students_interval() {
        for (values, low, high) in [
            (&[1.0, 2.0, 4.0][..], -1.461_247, 6.127_914),
            (&[1.0, 3.0], -10.706_20, 14.706_20),
        ] {
            let (found_low, found_high) = mean_interval(values).unwrap();
            assert!((found_low - low).abs() < 1e-4, "{found_low}");
            assert!((found_high - high).abs() < 1e-4, "{found_high}");
        }
        assert_eq!(mean_interval(&[1.0]), None);
    }

    /// R: `qt(.975, c(1, 6, 1e9))`, `2*pt(-2.5, 6)`, `pf(3, 2, 8, lower.tail = FALSE)`.
    #[test]
    fn quantiles_and_p_values_are_those_of_r() {
        for (df, expected) in [
            (1.0, 12.706_205),
            (6.0, 2.446_912),
            (1e9, 1.959_964),
            (f64::INFINITY, 1.959_964),
        ] {
            assert!((half_width(df) - expected).abs() < 1e-4, "{df}");
        }
        assert!((p_value(2.5, 1.0, 6.0) - 0.046_528).abs() < 1e-5);
        assert_eq!(p_value(0.0, 0.0, 6.0), 1.0);
        assert_eq!(p_value(0.1, 0.0, 6.0), 0.0);
        assert!((larger_variance(3.0, 2.0, 8.0) - 0.106_622).abs() < 1e-5);
        assert_eq!(larger_variance(3.0, 0.0, 8.0), 1.0);
    }

    #[test]
    fn an_interval_of_parts_is_at_least_that_of_each() {
        let parts = [(1.0, 1.0), (4.0, 50.0)];
        let wide = reach(&parts, 0.05);
        assert!(wide > 12.7 && wide > half_width(50.0) * 2.0);
        assert!((reach(&parts[1..], 0.05) - 2.0 * half_width(50.0)).abs() < 1e-9);
        assert_eq!(reach(&[(0.0, 3.0)], 0.05), 0.0);
        for estimate in [0.5, 5.0, 30.0] {
            let p = p_of_parts(estimate, &parts);
            assert!((reach(&parts, p) / estimate - 1.0).abs() < 1e-6, "{p}");
        }
        assert!((p_of_parts(2.5, &[(1.0, 6.0), (0.0, 1.0)]) - 0.046_528).abs() < 1e-5);
        assert_eq!(p_of_parts(0.0, &parts), 1.0);
        assert_eq!(p_of_parts(0.1, &[(0.0, 1.0)]), p_value(0.1, 0.0, 1.0));
    }

    #[test]
    fn degrees_of_freedom_lie_between_the_parts_and_their_sum() {
        assert!((degrees_of_freedom(&[(1.0, 5.0), (1.0, 5.0)]) - 10.0).abs() < 1e-12);
        assert!((degrees_of_freedom(&[(1.0, 5.0), (0.0, 1.0)]) - 5.0).abs() < 1e-12);
        assert_eq!(degrees_of_freedom(&[(0.0, 5.0)]), f64::INFINITY);
    }
}
