//! How inputs are normalised, and what that needs. It computes nothing.

use serde::{Deserialize, Serialize};

choices! {
    /// A normalisation without arguments; only such a one can be a default.
    normalisations: PlainNormalisation, default Zscore {
        /// Per window and feature, with a learnable affine part (Kim et al., ICLR 2022). It removes the level of each window, also that
        /// of volatility; with `level: true` the level is given to the model as inputs of their own.
        revin => Revin,
        /// Clipped at the 0.1 % and 99.9 % quantiles of the training region, then mean 0 and standard deviation 1 there.
        zscore => Zscore,
        /// Inputs as they are.
        none => None,
    }
}

/// How inputs are normalised. The arithmetic is in [`crate::standardise`] and in the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Normalisation {
    /// Per window and feature, with a learnable affine part (Kim et al., ICLR 2022): 2 parameters per feature.
    Revin,
    /// The same, and mean and log standard deviation of each window and feature as inputs beside it.
    RevinLevel,
    /// Clipped at quantiles of the training region, then mean 0 and standard deviation 1 there.
    Zscore,
    /// Inputs as they are.
    None,
}

impl From<PlainNormalisation> for Normalisation {
    fn from(normalisation: PlainNormalisation) -> Self {
        match normalisation {
            PlainNormalisation::Revin => Self::Revin,
            PlainNormalisation::Zscore => Self::Zscore,
            PlainNormalisation::None => Self::None,
        }
    }
}

impl Normalisation {
    /// Bars of context that RevIN needs: the standard deviation of fewer says little of a window, and that of one does not exist.
    pub const REVIN_CONTEXT: u32 = 10;

    /// As experiments write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Revin => "revin",
            Self::RevinLevel => "revin(level: true)",
            Self::Zscore => "zscore",
            Self::None => "none",
        }
    }

    /// Whether each window is normalised by itself.
    pub fn is_revin(self) -> bool {
        matches!(self, Self::Revin | Self::RevinLevel)
    }

    /// Inputs per feature that tell the level of its window: mean and log standard deviation, or none.
    pub fn level_inputs(self) -> u32 {
        match self {
            Self::RevinLevel => 2,
            Self::Revin | Self::Zscore | Self::None => 0,
        }
    }

    /// Whether so many bars of context are enough; the error says what is wrong.
    pub fn check_context(self, context: u32) -> Result<(), String> {
        if !self.is_revin() || context >= Self::REVIN_CONTEXT {
            return Ok(());
        }
        Err(format!(
            "`{}` normalises each window by its own mean and standard deviation, and {context} bars are too few for that",
            self.name()
        ))
    }
}
