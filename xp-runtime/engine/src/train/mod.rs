//! Training on tensors: windows over one block of data, losses, optimizer, schedule, and the loop that selects the best weights.
//! It is given train and validation only: test data cannot be passed (F39).

mod autograd;
mod batch;
mod checkpoint;
mod config;
mod error;
mod fit;
mod flow;
mod fused;
mod hooks;
mod layerwise;
mod learner;
mod logits;
mod loss;
mod monitor;
mod optimizer;
mod order;
mod parameter_moments;
mod predict;
mod report;
mod running;
mod start;
pub mod tensor_file;
mod throughput;
mod transformers;
mod windows;

pub use checkpoint::{CHECKPOINT_SHARE, Checkpoint, LIBRARY};
pub use config::FitConfig;
pub use error::TrainError;
pub use fit::fit;
pub use flow::Flow;
pub use fused::FusedStep;
pub use hooks::Hooks;
pub use loss::training_loss;
pub use monitor::Flag;
pub use optimizer::AdamW;
pub use predict::predict;
pub use report::{Evaluation, Fitted, Outcome, Predictions};
pub use start::start;
pub use transformers::export;
pub use windows::{Region, TrainingData, Windows};
