//! The weights of the best evaluation so far, in memory or in a file of the checkpoint.

use std::path::PathBuf;

use tch::{Tensor, no_grad};

use crate::{
    model::PatchTst,
    train::{error::TrainError, tensor_file::TensorFile},
};

/// The weights of the best evaluation so far.
pub(in crate::train) enum BestWeights {
    /// All parameters, `[count]`.
    Memory(Tensor),
    /// A file of the checkpoint.
    File(PathBuf),
}

impl BestWeights {
    /// Moves a model back to them.
    pub(in crate::train) fn restore(self, model: &PatchTst) -> Result<(), TrainError> {
        match self {
            Self::Memory(weights) => {
                no_grad(|| model.flat().shallow_clone().f_copy_(&weights))?;
                Ok(())
            }
            Self::File(path) => TensorFile::open(&path)
                .and_then(|mut file| file.read_into(&model.named()))
                .map_err(TrainError::Checkpoint),
        }
    }
}

/// The file of the weights after so many steps.
pub(super) fn best_name(step: u32) -> String {
    format!("best-{step}.safetensors")
}
