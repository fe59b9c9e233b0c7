//! The operations that both variants are made of: linear maps, norms, residual sublayers, attention. Parameters are found by name.

use tch::{Kind, TchError, Tensor};
use xp_spec::training::Precision;

use super::{dropout::Sites, patchtst::PatchTst, variant::Norm};

/// Names of the parts of an encoder layer.
pub(super) struct LayerNames {
    pub(super) attention_norm: String,
    pub(super) feed_forward_norm: String,
    pub(super) inner: String,
    pub(super) outer: String,
}

impl PatchTst {
    pub(super) fn linear(&self, x: &Tensor, name: &str) -> Result<Tensor, TchError> {
        self.affine(x, &format!("{name}.weight"), &format!("{name}.bias"))
    }

    /// A linear map by the names of its weight and bias; the bias, if there is one, is added in f32.
    pub(super) fn affine(&self, x: &Tensor, weight: &str, bias: &str) -> Result<Tensor, TchError> {
        let (weight, bias) = (self.get(weight)?, self.get(bias).ok());
        match self.precision() {
            Precision::Fp32 => x.f_linear(weight, bias),
            Precision::Bf16 => {
                let product = self.product(x, &weight.f_transpose(0, 1)?)?;
                match bias {
                    Some(bias) => product.f_add(bias),
                    None => Ok(product),
                }
            }
        }
    }

    /// The linear map of the head, in f32 whatever the precision: bfloat16 would round the logit to 8 bits.
    pub(super) fn head_linear(&self, x: &Tensor) -> Result<Tensor, TchError> {
        x.f_linear(
            self.get("head.linear.weight")?,
            self.get("head.linear.bias").ok(),
        )
    }

    /// A matrix product of f32 tensors, its factors rounded to the precision; f32.
    fn product(&self, a: &Tensor, b: &Tensor) -> Result<Tensor, TchError> {
        match self.precision() {
            Precision::Fp32 => a.f_matmul(b),
            Precision::Bf16 => {
                let rounded = |x: &Tensor| x.f_to_kind(Kind::BFloat16);
                rounded(a)?.f_matmul(&rounded(b)?)?.f_to_kind(Kind::Float)
            }
        }
    }

    pub(super) fn norm(&self, x: &Tensor, name: &str) -> Result<Tensor, TchError> {
        match self.variant().norm {
            Norm::Layer => x.f_layer_norm(
                [i64::from(self.architecture().d_model)],
                Some(self.get(&format!("{name}.weight"))?),
                Some(self.get(&format!("{name}.bias"))?),
                self.variant().norm_eps,
                true,
            ),
            Norm::Batch => self.batch_norm(x, &format!("{name}.batchnorm")),
        }
    }

    /// Batch norm by running statistics, tokens as samples (Ioffe & Szegedy, arXiv 1502.03167).
    fn batch_norm(&self, x: &Tensor, name: &str) -> Result<Tensor, TchError> {
        let of = |what: &str| self.get(&format!("{name}.{what}")).map(Some);
        let (evaluating, momentum, cudnn) = (false, 0.1, false);
        x.f_transpose(1, 2)?
            .f_batch_norm(
                of("weight")?,
                of("bias")?,
                of("running_mean")?,
                of("running_var")?,
                evaluating,
                momentum,
                self.variant().norm_eps,
                cudnn,
            )?
            .f_transpose(1, 2)
    }

    /// A sublayer with its residual, `[series, patches, d_model]`: x + f(norm x), or norm(x + f(x)).
    pub(super) fn sublayer(
        &self,
        x: &Tensor,
        norm: &str,
        sites: &mut Sites<'_>,
        f: impl FnOnce(&Tensor, &mut Sites<'_>) -> Result<Tensor, TchError>,
    ) -> Result<Tensor, TchError> {
        if self.variant().pre_norm {
            let y = f(&self.norm(x, norm)?, sites)?;
            x.f_add(&sites.encoder(y)?)
        } else {
            let y = f(x, sites)?;
            self.norm(&x.f_add(&sites.encoder(y)?)?, norm)
        }
    }

    /// The feed-forward part of an encoder layer, `[series, patches, d_model]`.
    pub(super) fn feed_forward(
        &self,
        x: &Tensor,
        names: &LayerNames,
        sites: &mut Sites<'_>,
    ) -> Result<Tensor, TchError> {
        self.sublayer(x, &names.feed_forward_norm, sites, |x, sites| {
            let inner = self.linear(x, &names.inner)?;
            let inner = sites.encoder(self.variant().activation.apply(&inner)?)?;
            self.linear(&inner, &names.outer)
        })
    }

    /// Series, patches, heads and width of a head of `[series, patches, d_model]`.
    pub(super) fn head_sizes(&self, x: &Tensor) -> [i64; 4] {
        let size = x.size();
        let heads = i64::from(self.architecture().n_heads);
        [
            size.first().copied().unwrap_or(0),
            size.get(1).copied().unwrap_or(0),
            heads,
            i64::from(self.architecture().d_model) / heads,
        ]
    }

    /// Scaled dot-product attention of heads, `[series, heads, patches, width]` each, with dropout on the weights; the heads side by side
    /// again, `[series, patches, d_model]`.
    pub(super) fn attend(
        &self,
        (q, k, v): (&Tensor, &Tensor, &Tensor),
        sites: &mut Sites<'_>,
    ) -> Result<Tensor, TchError> {
        let d_model = i64::from(self.architecture().d_model);
        let width = f64::from(self.architecture().d_model / self.architecture().n_heads);
        let scores = self.product(
            &q.f_mul_scalar(1.0 / width.sqrt())?,
            &k.f_transpose(-2, -1)?,
        )?;
        let patches = q.size().get(2).copied().unwrap_or(0);
        let weights = sites.encoder(scores.f_softmax(-1, None)?)?;
        self.product(&weights, v)?
            .f_transpose(1, 2)?
            .f_reshape([-1, patches, d_model])
    }
}
