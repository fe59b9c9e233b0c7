//! What `PatchTSTForClassification` of transformers can vary and experiments do not: an experiment is always [`Variant::default`]. Others
//! are evaluated and compared (`examples/parity`), not trained: their dropout sites and running statistics have no checkpoint.

use tch::{TchError, Tensor};

/// Normalisation of an encoder layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Norm {
    /// Over the width of a token.
    Layer,
    /// Over all tokens, by running statistics.
    Batch,
}

/// Activation of the feed-forward layer, by the names of transformers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Activation {
    Gelu,
    GeluTanh,
    QuickGelu,
    Relu,
    Relu6,
    LeakyRelu,
    Elu,
    Silu,
    Mish,
    Tanh,
    Sigmoid,
    Linear,
}

impl Activation {
    /// All, by name.
    pub const ALL: [(&'static str, Self); 16] = [
        ("gelu", Self::Gelu),
        ("gelu_python", Self::Gelu),
        ("gelu_new", Self::GeluTanh),
        ("gelu_fast", Self::GeluTanh),
        ("gelu_pytorch_tanh", Self::GeluTanh),
        ("quick_gelu", Self::QuickGelu),
        ("relu", Self::Relu),
        ("relu6", Self::Relu6),
        ("leaky_relu", Self::LeakyRelu),
        ("elu", Self::Elu),
        ("silu", Self::Silu),
        ("swish", Self::Silu),
        ("mish", Self::Mish),
        ("tanh", Self::Tanh),
        ("sigmoid", Self::Sigmoid),
        ("linear", Self::Linear),
    ];

    pub(super) fn apply(self, x: &Tensor) -> Result<Tensor, TchError> {
        match self {
            Self::Gelu => x.f_gelu("none"),
            Self::GeluTanh => x.f_gelu("tanh"),
            Self::QuickGelu => x.f_mul(&x.f_mul_scalar(1.702)?.f_sigmoid()?),
            Self::Relu => x.f_relu(),
            Self::Relu6 => x.f_clamp(0.0, 6.0),
            Self::LeakyRelu => x.f_leaky_relu(),
            Self::Elu => x.f_elu(),
            Self::Silu => x.f_silu(),
            Self::Mish => x.f_mish(),
            Self::Tanh => x.f_tanh(),
            Self::Sigmoid => x.f_sigmoid(),
            Self::Linear => Ok(x.shallow_clone()),
        }
    }
}

/// How a window is scaled before it is cut into patches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scaling {
    /// (x − mean) / √(variance + floor), variance with n.
    Deviation,
    /// x / max(mean |x|, floor).
    Mean,
}

/// What is left of a series' tokens before the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pooling {
    /// Their mean.
    Mean,
    /// Their largest values.
    Max,
    /// A token of its own, before the patches.
    Token,
}

/// A variant of the `independent` model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Variant {
    /// Normalisation of encoder layers.
    pub norm: Norm,
    /// Added to variances.
    pub norm_eps: f64,
    /// Whether normalisation is before a sublayer, or behind its residual.
    pub pre_norm: bool,
    /// Activation of the feed-forward layer.
    pub activation: Activation,
    /// Whether the feed-forward layer has biases.
    pub bias: bool,
    /// Scaling where the input's normalisation is RevIN.
    pub scaling: Scaling,
    /// Least scale, or what is added to variances.
    pub scale_floor: f64,
    /// Whether all features share an embedding.
    pub share_embedding: bool,
    /// Whether tokens of a time attend to each other across features.
    pub channel_attention: bool,
    /// What the head sees.
    pub pooling: Pooling,
    /// Classes of the head.
    pub classes: u32,
}

impl Default for Variant {
    fn default() -> Self {
        Self {
            norm: Norm::Layer,
            norm_eps: 1e-5,
            pre_norm: true,
            activation: Activation::Gelu,
            bias: true,
            scaling: Scaling::Deviation,
            scale_floor: 1e-5,
            share_embedding: true,
            channel_attention: false,
            pooling: Pooling::Mean,
            classes: 2,
        }
    }
}
