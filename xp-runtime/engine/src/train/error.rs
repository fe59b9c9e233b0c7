//! Why a training failed. Out of memory is a variant of its own, since it is a state of a trial (F33).

use tch::TchError;

/// A training that failed.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// libtorch ran out of memory.
    #[error(
        "libtorch ran out of memory; use a smaller batch_size or budget, or a machine with more memory"
    )]
    OutOfMemory,
    /// libtorch refused an operation.
    #[error("libtorch failed: {0}")]
    Torch(String),
    /// There is nothing to train on.
    #[error("{0}")]
    Data(String),
    /// A checkpoint is there and cannot be used. It is left as it is.
    #[error("{0}")]
    Checkpoint(String),
}

impl From<TchError> for TrainError {
    fn from(cause: TchError) -> Self {
        let text = cause.to_string();
        if text.contains("out of memory")
            || text.contains("can't allocate memory")
            || text.contains("not enough memory")
        {
            return Self::OutOfMemory;
        }
        Self::Torch(text.lines().next().unwrap_or_default().to_owned())
    }
}
