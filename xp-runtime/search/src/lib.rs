//! and knows neither tensors nor data frames.

mod axis;
mod compiled;
mod gp;
mod grid;
mod random;
mod sobol;
pub mod suggest;
mod tpe;
pub mod trial;

pub use suggest::{Sampler, SuggestError, suggest};
pub use trial::{Trial, TrialState, best, counts};
