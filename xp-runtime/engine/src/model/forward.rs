//! The forward pass of a PatchTST: embedding, encoder layers and head of its variant, as a whole or one at a time.

use tch::{TchError, Tensor};
use xp_spec::architecture::Channels;

use super::{
    dropout::{Dropout, SITES_OF_LAYER, Sites},
    independent,
    inputs::Inputs,
    mixed,
    patchtst::PatchTst,
    types::Logits,
    variant::Variant,
};

impl PatchTst {
    /// Logits of a batch, `[batch]`; dropout only where it is given.
    pub fn forward(&self, x: &Inputs, dropout: Option<&Dropout>) -> Result<Logits, TchError> {
        self.head(&self.encoded(x, dropout)?, dropout)
    }

    /// Logits of each class of the `independent` variant, `[batch, classes]`, without dropout.
    pub fn class_logits(&self, x: &Inputs) -> Result<Tensor, TchError> {
        independent::class_logits(self, &self.encoded(x, None)?, &mut Sites::from(None, 0))
    }

    fn encoded(&self, x: &Inputs, dropout: Option<&Dropout>) -> Result<Tensor, TchError> {
        if dropout.is_some() && *self.variant() != Variant::default() {
            return Err(TchError::Torch(
                "a variant of the references is evaluated, not trained".to_owned(),
            ));
        }
        let mut x = self.embed(x)?;
        for layer in 0..self.layers() {
            x = self.layer(layer, &x, dropout)?;
        }
        Ok(x)
    }

    /// Number of encoder layers.
    pub(crate) fn layers(&self) -> u32 {
        self.architecture().n_layers
    }

    /// Before the encoder: a batch to `[series, patches, d_model]`.
    pub(crate) fn embed(&self, x: &Inputs) -> Result<Tensor, TchError> {
        match self.input().channels {
            Channels::Mixed => mixed::embed(self, x),
            Channels::Independent => independent::embed(self, x),
        }
    }

    /// An encoder layer, from 0, `[series, patches, d_model]`.
    pub(crate) fn layer(
        &self,
        layer: u32,
        x: &Tensor,
        dropout: Option<&Dropout>,
    ) -> Result<Tensor, TchError> {
        let mut sites = Sites::from(dropout, SITES_OF_LAYER * u64::from(layer));
        let name = self.layer_name(layer);
        match self.input().channels {
            Channels::Mixed => mixed::encode(self, x, &name, &mut sites),
            Channels::Independent => independent::encode(self, x, &name, &mut sites),
        }
    }

    /// After the encoder: its output to logits.
    pub(crate) fn head(&self, x: &Tensor, dropout: Option<&Dropout>) -> Result<Logits, TchError> {
        let mut sites = Sites::from(dropout, SITES_OF_LAYER * u64::from(self.layers()));
        match self.input().channels {
            Channels::Mixed => mixed::head(self, x, &mut sites),
            Channels::Independent => independent::head(self, x, &mut sites),
        }
    }

    /// Positions in [`Self::shapes`] of the parameters of each segment: embedding, encoder layers, head.
    pub(crate) fn segments(&self) -> Vec<Vec<usize>> {
        let names: Vec<String> = (0..self.layers())
            .map(|layer| format!("{}.", self.layer_name(layer)))
            .collect();
        let mut segments = vec![Vec::new(); names.len() + 2];
        for (position, shape) in self.shapes().iter().enumerate() {
            let layer = names.iter().position(|name| shape.name.starts_with(name));
            let after = shape.name.starts_with("head.") || shape.name.starts_with("encoder.norm.");
            let segment = match layer {
                Some(layer) => layer + 1,
                None if after => names.len() + 1,
                None => 0,
            };
            if let Some(segment) = segments.get_mut(segment) {
                segment.push(position);
            }
        }
        segments
    }

    fn layer_name(&self, layer: u32) -> String {
        match self.input().channels {
            Channels::Mixed => mixed::layer_name(layer),
            Channels::Independent => independent::layer_name(layer),
        }
    }
}
