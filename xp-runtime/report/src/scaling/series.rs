//! A number with its bootstrap replicates; computations on several preserve their pairing.

use xp_metrics::{Draws, percentiles};

/// A value and, for each bootstrap replicate, what it would have been; not a number where it is absent.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The value.
    pub value: f64,
    /// Replicates; the r-th of every series of a group has the same test days.
    pub replicates: Vec<f64>,
}

/// Fewest seeds whose variance is part of an interval.
pub(super) const MIN_SEEDS: usize = 3;

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

    /// Mean over seeds. With at least three, seeds are drawn with replacement too, their deviations scaled by √(k/(k−1)): the mean of k
    /// drawn seeds varies by (k−1)/k too little (Rao & Wu 1988). Absent for no seeds.
    pub fn over_seeds(seeds: &[Self], key: u64) -> Option<Self> {
        let k = seeds.len();
        let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / k as f64;
        let replicates = seeds.iter().map(|seed| seed.replicates.len()).min()?;
        let mut draws = Draws::new(key.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5851_F42D_4C95_7F2D);
        let scale = (k as f64 / (k as f64 - 1.0)).sqrt();
        let replicates = (0..replicates)
            .map(|r| {
                let at = |seed: &Self| seed.replicates.get(r).copied().unwrap_or(f64::NAN);
                let centre = mean(&mut seeds.iter().map(at));
                if k < MIN_SEEDS {
                    return centre;
                }
                let drawn = mean(&mut (0..k).filter_map(|_| seeds.get(draws.below(k)).map(at)));
                centre + scale * (drawn - centre)
            })
            .collect();
        Some(Self {
            value: mean(&mut seeds.iter().map(|seed| seed.value)),
            replicates,
        })
    }
}
