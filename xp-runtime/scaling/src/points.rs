//! Input of a scaling study.

use super::series::Series;

/// One size of a study.
#[derive(Debug, Clone, PartialEq)]
pub struct LawPoint {
    /// Exact parameter count, number of features, or effective dimension.
    pub size: f64,
    /// The loss of each seed, with replicates of the same test days in all points.
    pub seeds: Vec<Series>,
}

/// The sizes of one task.
#[derive(Debug, Clone, PartialEq)]
pub struct Study {
    /// In any order.
    pub points: Vec<LawPoint>,
    /// Test days divided by the days of a block of the bootstrap.
    pub blocks: f64,
}
