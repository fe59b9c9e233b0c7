//! Trains PatchTST models: the model on libtorch, the training loop, optimizer, checkpoints and random numbers. It knows tensors and
//! hyperparameters; not experiments' files, not the log, not the command line.

mod kernels;
mod memory;
pub mod model;
pub mod rng;
pub mod train;

pub use kernels::kernels;
