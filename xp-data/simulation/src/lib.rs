//! A simulated market whose truth is known: its daily bars, and the probability of a label given all that happened before, which no model
//! can be better than. Pure: files are `xp-data`'s.

mod bars;
mod expected;
mod grid;
mod paths;
mod probability;
mod question;
mod variance;

pub use bars::{Bar, bars};
pub use expected::Expected;
pub use probability::probabilities;
pub use question::Question;
