//! Training on tensors: windows over one block of data, losses, optimizer, schedule, and the loop that selects the best epoch.
//! It is given train and validation only: test data cannot be passed (F39).

mod by_hand;
mod checkpoint;
mod error;
mod fit;
mod hooks;
mod layerwise;
mod learner;
mod loss;
mod monitor;
mod optimizer;
mod parameter_moments;
mod predict;
mod report;
pub(crate) mod tensor_file;
mod throughput;
mod transformers;
mod whole;
mod windows;

pub use by_hand::ByHand;
pub use checkpoint::{Checkpoint, LIBRARY};
pub use error::TrainError;
pub use fit::{FitConfig, fit};
pub use hooks::{Flow, Hooks};
pub use loss::training_loss;
pub use monitor::Flag;
pub use optimizer::AdamW;
pub use predict::predict;
pub use report::{Ended, EpochReport, Fitted, Predictions};
pub use transformers::export;
pub use windows::{Region, Windows};
