//! Baselines on the same rows, label and split as a model: it has to beat them (F40). They see what a sample's last bar tells, are fitted
//! on train, choose what they have to choose on validation, as a model does, and know nothing of the rows they are judged on.
//! Deterministic: fixed seeds, one thread.

mod choice;
mod error;
mod evaluate;
mod fitted;
mod kinds;
mod regions;
mod rows;
mod scale;

pub use error::BaselineError;
pub use evaluate::baselines;
pub use regions::Regions;
pub use rows::Rows;
