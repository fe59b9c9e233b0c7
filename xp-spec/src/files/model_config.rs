//! `configs/model/patchtst_{budget}.yaml`: the fixed shape of a budget, with a published count that it must have.

use serde::{Deserialize, Serialize};

use crate::{
    architecture::{Architecture, Channels, InputShape, Normalisation},
    budget::Budget,
    count::count_parameters,
};

/// The model configuration of one budget.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelConfig {
    /// The budget it is for; equals the file's name.
    pub budget: Budget,
    /// The shape used by `architecture: fixed`.
    pub architecture: Architecture,
    /// Bars per patch.
    pub patch: u32,
    /// Bars between the starts of two patches.
    pub stride: u32,
    /// Channel handling.
    pub channels: Channels,
    /// The published count; a file that contradicts it is refused.
    pub reference: ReferenceCount,
}

impl ModelConfig {
    /// The exact count of its shape on the reference's input; absent where no patch fits.
    pub fn reference_count(&self) -> Option<u64> {
        let input = InputShape {
            n_features: self.reference.n_features,
            context: self.reference.context,
            patch: self.patch,
            stride: self.stride,
            channels: self.channels,
            normalisation: Normalisation::None,
        };
        count_parameters(&self.architecture, &input).map(|count| count.total())
    }
}

/// An exact count for a known input, without RevIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceCount {
    /// Features per bar.
    pub n_features: u32,
    /// Bars per sample.
    pub context: u32,
    /// Trainable parameters.
    pub parameters: u64,
}
