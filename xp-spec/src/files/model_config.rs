//! `configs/model/patchtst_{budget}.yaml`: the fixed shape of a budget, with a published count that it must have.

use serde::{Deserialize, Serialize};

use crate::{
    architecture::{Architecture, Channels, InputShape, Normalisation},
    budget::Budget,
    count::count_parameters,
    grid::scaled,
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
        count_parameters(&self.architecture, &self.input()).map(|count| count.total())
    }

    /// The reference's input.
    pub fn input(&self) -> InputShape {
        InputShape {
            n_features: self.reference.n_features,
            context: self.reference.context,
            patch: self.patch,
            stride: self.stride,
            channels: self.channels,
            normalisation: Normalisation::None,
        }
    }
}

impl ModelConfig {
    /// The configuration of another budget with the same input and proportions; `None` where no shape of the grid fits it.
    pub fn scaled(&self, budget: Budget) -> Option<Self> {
        let architecture = scaled(&self.architecture, self.budget, budget, &self.input())?;
        let config = Self {
            budget,
            architecture,
            ..*self
        };
        let parameters = config.reference_count()?;
        Some(Self {
            reference: ReferenceCount {
                parameters,
                ..self.reference
            },
            ..config
        })
    }

    /// The text of its file, in which `origin` says where the shape comes from.
    pub fn yaml(&self, origin: &str) -> String {
        let Self {
            budget,
            architecture: shape,
            reference,
            ..
        } = self;
        format!(
            "# PatchTST of the {budget} budget: {origin}. Horizon, context, features and split are set in the
# experiment (docs/failures.md, F01); a shape whose exact parameter count is outside the budget does not build.
budget: {budget}
architecture: {{ d_model: {}, n_heads: {}, n_layers: {}, d_ff: {} }}
patch: {:<7} # bars per patch
stride: {:<6} # bars between the starts of two patches
channels: {}
# Self-check: the exact count for this input without RevIN.
reference: {{ n_features: {}, context: {}, parameters: {} }}
",
            shape.d_model,
            shape.n_heads,
            shape.n_layers,
            shape.d_ff,
            self.patch,
            self.stride,
            self.channels.name(),
            reference.n_features,
            reference.context,
            reference.parameters
        )
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
