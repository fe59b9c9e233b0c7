//! Simulated studies whose law is known: how often intervals hold the truth, how wide they are, and how often verdicts are right.

mod draw;
mod ladder;
mod power;
mod score;

pub use draw::{Noise, Truth, draw};
pub use ladder::ladder;
pub use power::{POWER, smallest_exponent};
pub use score::{Score, score, score_first};
