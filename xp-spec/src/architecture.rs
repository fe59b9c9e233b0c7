//! The shape of a PatchTST encoder, by value. It knows no budget and no tensor.

use serde::{Deserialize, Serialize};

pub use crate::normalisation::{Normalisation, PlainNormalisation};

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
}
