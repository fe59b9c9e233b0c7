//! Moving-block bootstrap (Künsch 1989): labels of neighbouring days overlap, so samples are not independent and whole blocks are
//! drawn. The same blocks serve several models, which pairs their comparison.

/// Replicates of every interval.
pub const REPLICATES: usize = 1000;

/// Drawn samples of each replicate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocks {
    /// For each replicate, the indices of its samples.
    pub replicates: Vec<Vec<usize>>,
}

impl Blocks {
    /// Replicates of `n` samples in order of time, with blocks of max(20, 2h) trading days.
    pub fn new(n: usize, horizon: u32, replicates: usize) -> Self {
        let length = (2 * horizon as usize).max(20).min(n.max(1));
        let starts = n.saturating_sub(length) + 1;
        let mut state = 0x2545_F491_4F6C_DD1D_u64;
        let mut next = || {
            // SplitMix64 with a fixed seed: an interval is a function of the data alone.
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^ (z >> 31)
        };
        let replicates = (0..replicates)
            .map(|_| {
                let mut drawn = Vec::with_capacity(n + length);
                while drawn.len() < n {
                    let start = ((u128::from(next()) * starts as u128) >> 64) as usize;
                    drawn.extend(start..start + length);
                }
                drawn.truncate(n);
                drawn
            })
            .collect();
        Self { replicates }
    }
}

/// 95 % percentile interval of a statistic over replicates; absent where more than 5 % of them have no value.
pub fn interval(
    blocks: &Blocks,
    statistic: impl Fn(&[usize]) -> Option<f64>,
) -> Option<(f64, f64)> {
    let mut values: Vec<f64> = blocks
        .replicates
        .iter()
        .filter_map(|drawn| statistic(drawn))
        .collect();
    if values.is_empty() || values.len() * 20 < blocks.replicates.len() * 19 {
        return None;
    }
    values.sort_by(f64::total_cmp);
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
        let blocks = Blocks::new(values.len(), 5, 400);
        assert_eq!(blocks, Blocks::new(values.len(), 5, 400));
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

    #[test]
    fn short_series_are_one_block() {
        let blocks = Blocks::new(7, 5, 3);
        assert!(
            blocks
                .replicates
                .iter()
                .all(|drawn| *drawn == (0..7).collect::<Vec<_>>())
        );
    }
}
