//! Floating-point operations of matrix products: 2 for each multiply-add. Norms, activations, dropout, the loss and the optimizer are left
//! out, as is usual (Kaplan et al., arXiv 2001.08361; PyTorch's `FlopCounterMode` counts the same).

use crate::{
    architecture::{Architecture, Channels, InputShape},
    cost::series,
    experiment::Experiment,
    hyper::Hyperparameters,
    plan::Plan,
};

/// Of one sample's forward pass.
pub fn forward_flops(shape: &Architecture, input: &InputShape) -> f64 {
    let patches = f64::from(input.patches().unwrap_or(0));
    let (d, ff) = (f64::from(shape.d_model), f64::from(shape.d_ff));
    let head = match input.channels {
        Channels::Mixed => patches * d,
        Channels::Independent => 2.0 * f64::from(input.n_features) * d,
    };
    // Queries, keys, values and their output; two layers of the feed-forward part; scores and their sums over patches.
    let layer = patches * (4.0 * d * d + 2.0 * d * ff) + 2.0 * patches * patches * d;
    let encoder = 2.0 * f64::from(shape.n_layers) * layer * series(input) as f64;
    embedding_flops(shape, input) + encoder + 2.0 * head
}

/// Of one sample's forward and backward pass. Each product has two in the backward pass, one for each factor's gradient; only the
/// embedding's input needs none, unless RevIN's scale and shift are learnt through it.
pub fn training_flops(shape: &Architecture, input: &InputShape) -> f64 {
    let without_gradient = if input.normalisation.is_revin() {
        0.0
    } else {
        embedding_flops(shape, input)
    };
    3.0 * forward_flops(shape, input) - without_gradient
}

/// Of the embedding of one sample's patches.
fn embedding_flops(shape: &Architecture, input: &InputShape) -> f64 {
    let patches = f64::from(input.patches().unwrap_or(0));
    let values = input.embedded_values() as f64;
    2.0 * patches * values * f64::from(shape.d_model) * series(input) as f64
}

impl Experiment {
    /// Of the first `steps` steps of a training on `samples` samples of train; evaluations are not part of it.
    pub fn flops_of_steps(&self, hyper: &Hyperparameters, steps: u32, samples: u64) -> f64 {
        let plan = Plan::new(hyper, &self.training, samples);
        training_flops(&hyper.architecture, &self.input()) * plan.samples_before(steps) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::Normalisation;

    const SHAPE: Architecture = Architecture {
        d_model: 192,
        n_layers: 4,
        n_heads: 6,
        d_ff: 768,
    };

    fn input(channels: Channels, normalisation: Normalisation) -> InputShape {
        InputShape {
            n_features: 20,
            context: 60,
            patch: 10,
            stride: 10,
            channels,
            normalisation,
        }
    }

    #[test]
    fn operations_follow_from_the_shape() {
        let mixed = input(Channels::Mixed, Normalisation::None);
        // By hand: 6 patches · 200 · 192 embedded; 4 layers of 6·(4·192² + 2·192·768) and 2·6²·192 of attention; head 6·192.
        let counted = 2.0 * (230_400.0 + 4.0 * (6.0 * (147_456.0 + 294_912.0) + 13_824.0) + 1152.0);
        assert_eq!(forward_flops(&SHAPE, &mixed), counted);
        // About two operations per parameter and token, as it must be.
        let rule = 2.0 * 1_822_657.0 * 6.0;
        assert!((counted / rule - 1.0).abs() < 0.1, "{}", counted / rule);
        let independent = input(Channels::Independent, Normalisation::None);
        let independent = forward_flops(&SHAPE, &independent);
        assert!(independent > 15.0 * counted && independent < 20.0 * counted);
    }

    /// Counted by PyTorch 2.13's `FlopCounterMode` on a plain module of this model, with `scaled_dot_product_attention`, and its backward pass.
    #[test]
    fn operations_are_those_that_pytorch_counts() {
        let large = Architecture {
            d_model: 512,
            n_layers: 6,
            n_heads: 8,
            d_ff: 2048,
        };
        for (shape, forward, revin, none) in [
            (SHAPE, 21_807_360.0, 65_422_080.0, 64_961_280.0),
            (large, 228_169_728.0, 684_509_184.0, 683_280_384.0),
        ] {
            let of = |normalisation| input(Channels::Mixed, normalisation);
            assert_eq!(forward_flops(&shape, &of(Normalisation::Revin)), forward);
            assert_eq!(training_flops(&shape, &of(Normalisation::Revin)), revin);
            assert_eq!(training_flops(&shape, &of(Normalisation::None)), none);
        }
    }

    #[test]
    fn a_level_costs_its_part_of_the_embedding() {
        // Two values a feature, in each of 6 patches, 192 wide: of one series with all of them, or of 20 series with their own.
        let values = 2.0 * 20.0 * 6.0 * 192.0;
        for channels in [Channels::Mixed, Channels::Independent] {
            let of = |normalisation| forward_flops(&SHAPE, &input(channels, normalisation));
            let more = of(Normalisation::RevinLevel) - of(Normalisation::Revin);
            assert_eq!(more, 2.0 * values, "{channels:?}");
        }
    }
}
