//! The score interval of a share, whose coverage holds for few samples too.

use crate::estimate::Estimate;

/// 97.5 % quantile of the normal distribution.
pub(crate) const Z: f64 = 1.959_963_984_540_054;

/// A share with its 95 % score interval (Wilson 1927). It assumes independent samples; overlapping labels make the true interval wider.
/// Absent for no samples.
pub fn wilson(hits: usize, n: usize) -> Option<Estimate> {
    if n == 0 {
        return None;
    }
    let (count, share) = (n as f64, hits as f64 / n as f64);
    let scale = 1.0 + Z * Z / count;
    let centre = (share + Z * Z / (2.0 * count)) / scale;
    let half = Z / scale * (share * (1.0 - share) / count + Z * Z / (4.0 * count * count)).sqrt();
    Some(Estimate {
        value: share,
        low: (centre - half).max(0.0),
        high: (centre + half).min(1.0),
        n,
        positives: hits,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_of_seven_says_how_little_it_says() {
        // scipy.stats.binomtest(6, 7).proportion_ci(method="wilson"); F41.
        let found = wilson(6, 7).unwrap();
        assert!((found.low - 0.486_872_170_725_7).abs() < 1e-12, "{found}");
        assert!((found.high - 0.974_320_375_655_3).abs() < 1e-12, "{found}");
        assert_eq!((found.n, found.positives), (7, 6));
        assert_eq!(wilson(0, 0), None);
    }
}
