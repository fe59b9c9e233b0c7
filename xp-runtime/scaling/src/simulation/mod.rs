//! Simulated studies whose law is known: how often intervals hold the truth, how wide they are, and how often verdicts are right.

mod draw;
mod ladder;
mod score;

pub use draw::{Noise, Truth, draw};
pub use ladder::Ladder;
pub use score::{Score, score, score_first};
