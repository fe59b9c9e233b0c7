//! What a label asks.

use xp_spec::task::{Horizon, LabelPrice, Task};

/// What a label asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// Threshold that the price must reach.
    pub task: Task,
    /// Price that must reach it.
    pub price: LabelPrice,
    /// Days within which it must.
    pub horizon: Horizon,
}
