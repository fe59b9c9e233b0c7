//! Models for tests of what a model computes.

use tch::{Device, Tensor, no_grad};
use xp_engine::{
    model::{PatchTst, Variant},
    rng::Stream,
};
use xp_spec::architecture::{Architecture, InputShape};

pub(crate) const SHAPE: Architecture = Architecture {
    d_model: 24,
    n_layers: 2,
    n_heads: 3,
    d_ff: 40,
};

/// A model away from its start, so that gamma, beta, norms and biases count.
pub(crate) fn model(input: InputShape, variant: Variant) -> PatchTst {
    let model = PatchTst::with_variant(SHAPE, input, variant, 3, Device::Cpu)
        .unwrap()
        .unwrap();
    let noise = Stream::new(8, &[]);
    let jitter: Vec<f32> = (0..model.param_count())
        .map(|position| 0.2 * noise.normal(position) as f32)
        .collect();
    let _ = no_grad(|| {
        let mut flat = model.flat().shallow_clone();
        flat.f_add_(&Tensor::from_slice(&jitter))
    })
    .unwrap();
    model
}
