//! A number with its bootstrap replicates; computations on several preserve their pairing.

use xp_metrics::{Draws, percentiles};

use super::verdict::MIN_SEEDS;

/// A value and, for each bootstrap replicate, what it would have been; not a number where it is absent.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The value.
    pub value: f64,
    /// Replicates; the r-th of every series of a group has the same test days.
    pub replicates: Vec<f64>,
}

impl Series {
    /// 95 % percentile interval.
    pub fn interval(&self) -> Option<(f64, f64)> {
        percentiles(&self.replicates)
    }

    /// This minus another, replicate by replicate.
    pub fn minus(&self, other: &Self) -> Self {
        Self {
            value: self.value - other.value,
            replicates: self
                .replicates
                .iter()
                .zip(&other.replicates)
                .map(|(a, b)| a - b)
                .collect(),
        }
    }

    /// Mean over several, replicate by replicate; absent for none.
    pub fn mean(several: &[Self]) -> Option<Self> {
        let replicates = several.iter().map(|one| one.replicates.len()).min()?;
        let mean =
            |of: &dyn Fn(&Self) -> f64| several.iter().map(of).sum::<f64>() / several.len() as f64;
        Some(Self {
            value: mean(&|one| one.value),
            replicates: (0..replicates)
                .map(|r| mean(&|one| one.replicates.get(r).copied().unwrap_or(f64::NAN)))
                .collect(),
        })
    }

    /// Mean over seeds. With at least three, each replicate is moved by s/√k times a draw from Student's t with k − 1 degrees of freedom,
    /// where s is the standard deviation of the k seeds: an interval of few seeds is as wide as their number demands. Absent for none.
    pub fn over_seeds(seeds: &[Self], key: u64) -> Option<Self> {
        let mut mean = Self::mean(seeds)?;
        let k = seeds.len();
        if k < MIN_SEEDS {
            return Some(mean);
        }
        let squares: f64 = seeds
            .iter()
            .map(|seed| (seed.value - mean.value).powi(2))
            .sum();
        let df = k - 1;
        let error = (squares / df as f64 / k as f64).sqrt();
        let mut draws = Draws::new(key.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5851_F42D_4C95_7F2D);
        for replicate in &mut mean.replicates {
            let normal = draws.normal();
            let chi: f64 = (0..df).map(|_| draws.normal().powi(2)).sum();
            *replicate += error * normal / (chi / df as f64).sqrt();
        }
        Some(mean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seed(value: f64) -> Series {
        Series {
            value,
            replicates: vec![value; 4000],
        }
    }

    /// F44: differences within seed variance were published. Worse and better seeds widen the interval of what is computed of them, as
    /// Student's t says.
    #[test]
    fn f44_the_variance_of_seeds_is_in_the_interval() {
        let two = Series::over_seeds(&[seed(0.60), seed(0.64)], 1).unwrap();
        let (low, high) = two.interval().unwrap();
        assert!((low - 0.62).abs() < 1e-12 && (high - 0.62).abs() < 1e-12);
        for values in [vec![0.60, 0.64, 0.62], vec![0.60, 0.64, 0.62, 0.61, 0.65]] {
            let seeds: Vec<Series> = values.iter().copied().map(seed).collect();
            let (low, high) = Series::over_seeds(&seeds, 1).unwrap().interval().unwrap();
            let (t_low, t_high) = crate::student::mean_interval(&values).unwrap();
            let width = (high - low) / (t_high - t_low);
            assert!((width - 1.0).abs() < 0.1, "{width}");
        }
    }

    #[test]
    fn means_and_differences_keep_replicates_together() {
        let a = Series {
            value: 1.0,
            replicates: vec![1.0, 2.0],
        };
        let b = Series {
            value: 3.0,
            replicates: vec![5.0, 2.0],
        };
        let mean = Series::mean(&[a.clone(), b.clone()]).unwrap();
        assert_eq!((mean.value, mean.replicates), (2.0, vec![3.0, 2.0]));
        let difference = b.minus(&a);
        assert_eq!(
            (difference.value, difference.replicates),
            (2.0, vec![4.0, 0.0])
        );
        assert_eq!(Series::mean(&[]), None);
    }
}
