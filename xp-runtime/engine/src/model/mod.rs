//! The encoder on tensors: layout of its parameters, initialisation, forward pass. It knows no loss and no data set.

mod device_mask;
mod dropout;
mod forward;
mod independent;
mod inputs;
mod layers;
mod layout;
mod mixed;
mod patchtst;
mod types;
mod variant;

pub use dropout::Dropout;
pub use inputs::Inputs;
pub use layout::{ParameterShape, layout, variant_layout};
pub use patchtst::PatchTst;
pub use types::{Logits, Probabilities};
pub use variant::{Activation, Norm, Pooling, Scaling, Variant};
