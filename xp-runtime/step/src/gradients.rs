//! Gradients of linear layers and norms in one flat buffer, in the order of the parameters.

use crate::{kernels::Kernels, layout::Pair, norm, product::Product};

/// The buffer of a backward pass, and the parameters that it is of.
pub(crate) struct Gradients<'a> {
    pub(crate) kernels: Kernels,
    pub(crate) parameters: &'a [f32],
    /// Gradients of all parameters. What is not a weight of a linear layer is always added to.
    pub(crate) sums: &'a mut [f32],
    /// Whether gradients of weights are added to what is there, or overwrite it.
    pub(crate) add: bool,
}

impl Gradients<'_> {
    /// The gradient of a bias.
    pub(crate) fn bias(&mut self, pair: &Pair) -> &mut [f32] {
        &mut self.sums[pair.bias.clone()]
    }

    /// dW = dyᵀ·x of a linear layer; `size` is (tokens, outputs, inputs).
    pub(crate) fn weight(
        &mut self,
        pair: &Pair,
        (tokens, outputs, inputs): (usize, usize, usize),
        dy: &[f32],
        x: &[f32],
    ) {
        self.kernels.products.multiply_onto(
            self.add,
            Product::FirstTransposed,
            (outputs, inputs, tokens),
            dy,
            x,
            &mut self.sums[pair.weight.clone()],
        );
    }

    /// dx = dy·W of a linear layer; `size` is (tokens, outputs, inputs).
    pub(crate) fn input(
        &self,
        pair: &Pair,
        (tokens, outputs, inputs): (usize, usize, usize),
        dy: &[f32],
        dx: &mut [f32],
    ) {
        self.kernels.products.multiply(
            Product::Plain,
            (tokens, inputs, outputs),
            dy,
            &self.parameters[pair.weight.clone()],
            dx,
        );
    }

    /// Gradients of a norm; dx is added to, dy becomes scratch.
    pub(crate) fn norm(
        &mut self,
        pair: &Pair,
        dy: &mut [f32],
        hat: &[f32],
        inverse: &[f32],
        dx: &mut [f32],
    ) {
        // A norm's bias lies behind its weight.
        let (before, behind) = self.sums.split_at_mut(pair.bias.start);
        let (dweight, dbias) = (
            &mut before[pair.weight.clone()],
            &mut behind[..pair.bias.len()],
        );
        let weight = &self.parameters[pair.weight.clone()];
        norm::backward(
            self.kernels.vectors,
            dy,
            weight,
            hat,
            inverse,
            dx,
            dweight,
            dbias,
        );
    }
}
