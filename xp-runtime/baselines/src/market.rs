//! The prices behind the labels, for baselines that forecast them.

use xp_spec::task::{Horizon, LabelPrice, Task};

/// Daily closes and the question that a sample's label answers.
#[derive(Debug, Clone, Copy)]
pub struct Market<'a> {
    /// Daily closes, ascending in time, `[days]`, up to the last day that a row is of. A forecast for day t uses those up to t.
    pub closes: &'a [f64],
    /// Threshold that the price must reach.
    pub task: Task,
    /// Price that must reach it.
    pub price: LabelPrice,
    /// Days within which it must.
    pub horizon: Horizon,
}
