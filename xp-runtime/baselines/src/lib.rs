//! Baselines on the same rows, label and split as a model, which has to beat them (F40). They use the features of a sample's last bar, are
//! fitted on train, and choose their hyperparameters on validation by log-loss; those that forecast volatility use the daily closes up to a
//! sample's day instead. They must not use the rows that they are evaluated on.
//! Deterministic: fixed seeds, one thread.

mod bayes;
mod choice;
mod error;
mod evaluate;
mod fitted;
mod kinds;
mod logit;
mod market;
mod matrix;
mod regions;
mod rows;
mod scale;
mod signal;
mod volatility;

pub use bayes::bayes;
pub use error::BaselineError;
pub use evaluate::baselines;
pub use market::Market;
pub use regions::Regions;
pub use rows::Rows;
pub use signal::{Checked, TrainVal, check_signal, normalised_last_bars};
