//! Moving-block bootstrap (Künsch 1989): labels of neighbouring days overlap, so samples are not independent and whole blocks are
//! drawn. The same blocks serve several models, which pairs their comparison: replicate r of one and replicate r of another hold the same days.

use crate::draws::Draws;

/// Replicates of every interval.
pub const REPLICATES: usize = 1000;

/// Drawn blocks of each replicate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocks {
    n: usize,
    length: usize,
    /// First samples of the blocks of each replicate; the last block is cut so that a replicate has n samples.
    starts: Vec<Vec<usize>>,
}

impl Blocks {
    /// Replicates of `n` samples in order of time, with blocks of `length` samples (`xp_spec::experiment::block_length`), at most all of them.
    pub fn new(n: usize, length: usize, replicates: usize) -> Self {
        let length = length.clamp(1, n.max(1));
        let mut draws = Draws::new(0x2545_F491_4F6C_DD1D);
        let starts = (0..replicates)
            .map(|_| {
                (0..n.div_ceil(length))
                    .map(|_| draws.below(n.saturating_sub(length) + 1))
                    .collect()
            })
            .collect();
        Self { n, length, starts }
    }

    /// Replicates.
    pub fn replicates(&self) -> usize {
        self.starts.len()
    }

    /// Samples of a block.
    pub fn length(&self) -> usize {
        self.length
    }

    /// Samples of each replicate.
    pub fn samples(&self) -> usize {
        self.n
    }

    /// First and last + 1 sample of each block of a replicate.
    fn ranges<'a>(&'a self, starts: &'a [usize]) -> impl Iterator<Item = (usize, usize)> + 'a {
        starts.iter().enumerate().map(|(block, &start)| {
            let rest = self.n - block * self.length;
            (start, start + self.length.min(rest))
        })
    }

    /// Sum of a value per sample over each replicate, by prefix sums.
    pub fn sums(&self, values: &[f64]) -> Vec<f64> {
        let mut prefix = Vec::with_capacity(values.len() + 1);
        let mut sum = 0.0;
        prefix.push(sum);
        for value in values {
            sum += value;
            prefix.push(sum);
        }
        let up_to = |sample: usize| prefix.get(sample).copied().unwrap_or(f64::NAN);
        self.starts
            .iter()
            .map(|starts| {
                self.ranges(starts)
                    .map(|(from, to)| up_to(to) - up_to(from))
                    .sum()
            })
            .collect()
    }

    /// A statistic of how often each sample was drawn, for each replicate; not a number where it is absent.
    pub fn map(&self, statistic: impl Fn(&[u32]) -> Option<f64>) -> Vec<f64> {
        let mut counts = vec![0_u32; self.n];
        self.starts
            .iter()
            .map(|starts| {
                counts.fill(0);
                for (from, to) in self.ranges(starts) {
                    for count in counts.get_mut(from..to).unwrap_or_default() {
                        *count += 1;
                    }
                }
                statistic(&counts).unwrap_or(f64::NAN)
            })
            .collect()
    }
}

/// 95 % percentile interval of a statistic of drawn samples; absent where more than 5 % of replicates have no value.
pub fn interval(
    blocks: &Blocks,
    statistic: impl Fn(&[usize]) -> Option<f64>,
) -> Option<(f64, f64)> {
    let values: Vec<f64> = blocks
        .starts
        .iter()
        .map(|starts| {
            let drawn: Vec<usize> = blocks
                .ranges(starts)
                .flat_map(|(from, to)| from..to)
                .collect();
            statistic(&drawn).unwrap_or(f64::NAN)
        })
        .collect();
    percentiles(&values)
}

/// 95 % percentile interval of replicates; absent where more than 5 % of them are not numbers.
pub fn percentiles(replicates: &[f64]) -> Option<(f64, f64)> {
    let mut values: Vec<f64> = replicates
        .iter()
        .copied()
        .filter(|value| value.is_finite())
        .collect();
    if values.is_empty() || values.len() * 20 < replicates.len() * 19 {
        return None;
    }
    values.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| {
        values
            .get(((values.len() - 1) as f64 * share).round() as usize)
            .copied()
    };
    Some((at(0.025)?, at(0.975)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_cover_the_truth_and_are_the_same_every_time() {
        let values: Vec<f64> = (0..500).map(|i| f64::from(i % 7)).collect();
        let blocks = Blocks::new(values.len(), 20, 400);
        assert_eq!(blocks, Blocks::new(values.len(), 20, 400));
        let mean = |drawn: &[usize]| {
            Some(drawn.iter().map(|&i| values[i]).sum::<f64>() / drawn.len() as f64)
        };
        let (low, high) = interval(&blocks, mean).unwrap();
        assert!(
            low <= 2.998 && 2.998 <= high && high - low < 0.2,
            "{low} {high}"
        );
        assert_eq!(interval(&blocks, |_| None), None);
    }

    /// Three ways to the same replicates: drawn samples, how often each was drawn, and sums.
    #[test]
    fn sums_counts_and_drawn_samples_agree() {
        let values: Vec<f64> = (0..333).map(|i| f64::from(i * i % 101)).collect();
        let blocks = Blocks::new(values.len(), 20, 50);
        let sums = blocks.sums(&values);
        let counted = blocks.map(|counts| {
            assert_eq!(counts.iter().sum::<u32>(), 333);
            Some(
                counts
                    .iter()
                    .zip(&values)
                    .map(|(c, v)| f64::from(*c) * v)
                    .sum(),
            )
        });
        let drawn = std::cell::RefCell::new(Vec::new());
        interval(&blocks, |samples| {
            let sum: f64 = samples.iter().map(|&i| values[i]).sum();
            drawn.borrow_mut().push(sum);
            Some(sum)
        });
        for ((a, b), c) in sums.iter().zip(&counted).zip(drawn.into_inner()) {
            assert!((a - b).abs() < 1e-9 && (a - c).abs() < 1e-9, "{a} {b} {c}");
        }
    }

    #[test]
    fn short_series_are_one_block() {
        let blocks = Blocks::new(7, 20, 3);
        assert_eq!(blocks.map(|counts| Some(f64::from(counts[6]))), [1.0; 3]);
        assert_eq!(Blocks::new(0, 20, 2).sums(&[]), [0.0; 2]);
    }
}
