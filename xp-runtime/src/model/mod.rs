//! The encoder on tensors: layout of its parameters, initialisation, forward pass. It knows no loss and no data set.

mod layout;
mod patchtst;
mod types;

pub use layout::{ParameterShape, layout};
pub use patchtst::{Dropout, PatchTst};
pub use types::{Logits, Probabilities};
