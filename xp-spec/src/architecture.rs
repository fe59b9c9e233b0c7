//! The shape of a PatchTST encoder, by value. It knows no budget and no tensor.

use serde::{Deserialize, Serialize};

/// Width, depth, heads and feed-forward width of an encoder; always stored by value, never by index (F32, F46).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Architecture {
    /// Width of the residual stream.
    pub d_model: u32,
    /// Number of encoder layers.
    pub n_layers: u32,
    /// Attention heads; divides `d_model`.
    pub n_heads: u32,
    /// Width of the feed-forward layer.
    pub d_ff: u32,
}

impl std::fmt::Display for Architecture {
    /// The short form `d_model·heads·layers·d_ff`, as in "192·6·4·768".
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}·{}·{}·{}",
            self.d_model, self.n_heads, self.n_layers, self.d_ff
        )
    }
}

choices! {
    /// How features become patches: `mixed` joins all features of a patch in one token (the original's
    /// variant), `independent` gives each feature its own series with shared weights (Nie et al., arXiv 2211.14730).
    channels: Channels, default Mixed {
        /// One token per patch of all features.
        mixed => Mixed,
        /// One token per patch and feature: each feature is a series of its own.
        independent => Independent,
    }
}

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

/// What an encoder reads: with [`Architecture`], everything that decides its parameter count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct InputShape {
    /// Number of features per bar.
    pub n_features: u32,
    /// Bars per sample.
    pub context: u32,
    /// Bars per patch.
    pub patch: u32,
    /// Bars between the starts of two patches.
    pub stride: u32,
    /// Channel handling.
    pub channels: Channels,
    /// Input normalisation.
    pub normalisation: Normalisation,
}

impl InputShape {
    /// Number of patches in a context window; `None` where no patch fits.
    pub fn patches(&self) -> Option<u32> {
        if self.patch == 0 || self.stride == 0 || self.context < self.patch {
            return None;
        }
        Some((self.context - self.patch) / self.stride + 1)
    }

    /// Values that the embedding makes a token of: those of a patch, and behind them the level of the window.
    pub fn embedded_values(&self) -> u64 {
        let (patch, level) = (
            u64::from(self.patch),
            u64::from(self.normalisation.level_inputs()),
        );
        match self.channels {
            Channels::Mixed => (patch + level).saturating_mul(self.n_features.into()),
            Channels::Independent => patch + level,
        }
    }

    /// Bars of the context that lie in no patch; the first patch starts at the oldest bar, so these would be the newest.
    pub fn unused_bars(&self) -> u32 {
        self.patches().map_or(self.context, |patches| {
            self.context - (patches - 1) * self.stride - self.patch
        })
    }
}
