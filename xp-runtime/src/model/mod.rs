//! The encoder on tensors: layout of its parameters, initialisation, forward pass. It knows no loss and no data set.

mod dropout;
mod independent;
mod layout;
mod mixed;
mod patchtst;
mod types;

pub use dropout::Dropout;
pub use layout::{ParameterShape, layout};
pub use patchtst::PatchTst;
pub use types::{Logits, Probabilities};
