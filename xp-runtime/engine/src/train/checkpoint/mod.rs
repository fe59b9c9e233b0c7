//! Checkpoints of a training: all that it needs to resume to the same numbers. Weights, moments and the best weights so far are
//! safetensors; position, curve and stopping state are JSON, which names the files and is replaced last, so that what it names is whole.
//!
//! Random numbers have no state (`rng.rs`): seed and step are their position, and the order of the data follows from them.

mod best;
mod index;
mod location;
mod progress;
mod store;

pub use index::LIBRARY;
pub use location::Checkpoint;

pub(super) use best::BestWeights;
pub(super) use progress::Progress;
pub use store::CHECKPOINT_SHARE;
pub(super) use store::Store;
