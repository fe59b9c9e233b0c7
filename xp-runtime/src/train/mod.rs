//! Training on tensors: windows over one block of data, losses, optimizer, schedule, and the loop that selects the best epoch.
//! It is given train and validation only: test data cannot be passed (F39).

mod fit;
mod loss;
mod optimizer;
mod windows;

pub use fit::{
    Ended, EpochReport, FitConfig, Fitted, Flow, Hooks, Predictions, TrainError, fit, predict,
};
pub use loss::training_loss;
pub use optimizer::AdamW;
pub use windows::{Region, Windows};
