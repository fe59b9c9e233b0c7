//! The result of a comparison, as `--json` prints it.

use serde::Serialize;

/// A comparison of A with B; differences are A − B, below 0 where A is better.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// One.
    pub a: Side,
    /// The other.
    pub b: Side,
    /// Keys of the resolved experiments that differ, without hyperparameters and search spaces; absent where a spec was not recorded.
    pub differs_in: Option<Vec<String>>,
    /// Validation and, where all runs were evaluated on it, test.
    pub regions: Vec<Region>,
    /// What else a reader should know.
    pub notes: Vec<String>,
}

/// One side.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Side {
    /// As it was named.
    pub name: String,
    /// `{phase}_{binary}`.
    pub experiment: String,
    /// Ids of its runs.
    pub runs: Vec<String>,
}

/// The common days of a region.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Region {
    /// `validation` or `test`.
    pub name: &'static str,
    /// Common samples, and positive ones among them.
    pub n: usize,
    /// Positive ones.
    pub positives: usize,
    /// First and last common day.
    pub days: (String, String),
    /// Samples of A that B does not have.
    pub only_a: usize,
    /// Samples of B that A does not have.
    pub only_b: usize,
    /// Samples of a bootstrap's block.
    pub block: usize,
    /// Log-loss, and 1 − AUC where both classes are there.
    pub measures: Vec<Measure>,
}

/// Differences by one measure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measure {
    /// `log-loss` or `1 − AUC`.
    pub name: &'static str,
    /// Each pair of runs.
    pub pairs: Vec<Pair>,
    /// Their mean.
    pub mean: Mean,
}

/// The difference of two runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pair {
    /// Seed of A's run.
    pub seed_a: Option<u64>,
    /// Seed of B's run.
    pub seed_b: Option<u64>,
    /// A's value.
    pub a: f64,
    /// B's value.
    pub b: f64,
    /// A's less B's.
    pub difference: f64,
    /// 95 % interval by moving-block bootstrap of days.
    pub interval: Option<(f64, f64)>,
}

/// The mean difference over pairs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mean {
    /// Number of pairs.
    pub pairs: usize,
    /// Mean of A's values.
    pub a: f64,
    /// Mean of B's values.
    pub b: f64,
    /// A's less B's.
    pub difference: f64,
    /// 95 % interval by moving-block bootstrap of days and, with at least three pairs, of pairs.
    pub interval: Option<(f64, f64)>,
    /// 95 % interval by Student's t over pairs alone, on these days; absent for one pair.
    pub seeds_interval: Option<(f64, f64)>,
}
