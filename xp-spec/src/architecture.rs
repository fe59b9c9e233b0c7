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
    /// How inputs are normalised.
    normalisations: Normalisation, default Revin {
        /// Per window and feature, with learnable affine (Kim et al., ICLR 2022): 2 parameters per feature.
        revin => Revin,
        /// Mean and standard deviation of the train region.
        zscore => Zscore,
        /// Inputs as they are.
        none => None,
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

    /// Bars of the context that lie in no patch; the first patch starts at the oldest bar, so these would be the newest.
    pub fn unused_bars(&self) -> u32 {
        self.patches().map_or(self.context, |patches| {
            self.context - (patches - 1) * self.stride - self.patch
        })
    }
}
