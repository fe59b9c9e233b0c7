//! Names and shapes of the trainable parameters, in the order in which they lie in one flat buffer. Names are those of the original
//! study's module (`mixed`) and of transformers' (`independent`), so that their weights load as they are.

use xp_spec::{
    architecture::{Architecture, Channels, InputShape},
    count::SPARE_POSITIONS,
};

use super::variant::{Norm, Pooling, Variant};

/// How a parameter starts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Start {
    /// A constant.
    Constant(f64),
    /// Uniform in ±bound.
    Uniform(f64),
    /// Normal with that standard deviation.
    Normal(f64),
}

/// One parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterShape {
    /// Name, as in the original's state dict.
    pub name: String,
    /// Shape.
    pub shape: Vec<i64>,
    /// Whether weight decay acts on it: on matrices, not on norms, biases and positions.
    pub decays: bool,
    pub(crate) start: Start,
}

impl ParameterShape {
    /// Number of values.
    pub fn numel(&self) -> i64 {
        self.shape.iter().product()
    }
}

/// Trainable parameters; `None` where no patch fits the context.
///
/// Starts as PyTorch's modules do: linear layers uniform in ±1/√fan_in, attention's input projection Xavier uniform with zero biases,
/// norms 1 and 0, positions N(0, 0.02). Unlike `nn.TransformerEncoder`, which copies its first layer, each layer starts on its own.
pub fn layout(architecture: &Architecture, input: &InputShape) -> Option<Vec<ParameterShape>> {
    variant_layout(architecture, input, &Variant::default())
}

/// The same of a variant of the `independent` model.
pub fn variant_layout(
    architecture: &Architecture,
    input: &InputShape,
    variant: &Variant,
) -> Option<Vec<ParameterShape>> {
    let patches = i64::from(input.patches()?);
    let mut list = match input.channels {
        Channels::Mixed => mixed(architecture, input, patches),
        Channels::Independent => independent(architecture, input, patches, variant),
    };
    if input.normalisation.is_revin() {
        let features = i64::from(input.n_features);
        list.add("revin.gamma", &[features], false, Start::Constant(1.0));
        list.add("revin.beta", &[features], false, Start::Constant(0.0));
    }
    Some(list.0)
}

fn mixed(architecture: &Architecture, input: &InputShape, patches: i64) -> List {
    let (d, ff) = (
        i64::from(architecture.d_model),
        i64::from(architecture.d_ff),
    );
    let mut list = List(Vec::new());
    list.linear("patch_embed.projection", input.embedded_values() as i64, d);
    list.add(
        "pos_encoding.position_embedding",
        &[1, patches + SPARE_POSITIONS as i64, d],
        false,
        Start::Normal(0.02),
    );
    for layer in 0..architecture.n_layers {
        let name = |part: &str| format!("encoder.layers.{layer}.{part}");
        let xavier = (6.0 / (4.0 * d as f64)).sqrt();
        list.add(
            &name("self_attn.in_proj_weight"),
            &[3 * d, d],
            true,
            Start::Uniform(xavier),
        );
        list.add(
            &name("self_attn.in_proj_bias"),
            &[3 * d],
            false,
            Start::Constant(0.0),
        );
        let bound = 1.0 / (d as f64).sqrt();
        list.add(
            &name("self_attn.out_proj.weight"),
            &[d, d],
            true,
            Start::Uniform(bound),
        );
        list.add(
            &name("self_attn.out_proj.bias"),
            &[d],
            false,
            Start::Constant(0.0),
        );
        list.linear(&name("ffn.0"), d, ff);
        list.linear(&name("ffn.3"), ff, d);
        list.norm(&name("norm1"), d);
        list.norm(&name("norm2"), d);
    }
    list.norm("encoder.norm", d);
    list.linear("head.linear", patches * d, 1);
    list
}

fn independent(
    architecture: &Architecture,
    input: &InputShape,
    patches: i64,
    variant: &Variant,
) -> List {
    let (d, ff) = (
        i64::from(architecture.d_model),
        i64::from(architecture.d_ff),
    );
    let mut list = List(Vec::new());
    let (embedding, values) = (
        "model.encoder.embedder.input_embedding",
        input.embedded_values() as i64,
    );
    if variant.share_embedding {
        list.linear(embedding, values, d);
    } else {
        for feature in 0..input.n_features {
            list.linear(&format!("{embedding}.{feature}"), values, d);
        }
    }
    let encoder = "model.encoder.positional_encoder";
    let normal = Start::Normal(0.02);
    let token = variant.pooling == Pooling::Token;
    if token {
        let name = format!("{encoder}.cls_token");
        list.add(&name, &[1, 1, 1, d], false, normal);
    }
    let positions = patches + i64::from(token);
    let name = format!("{encoder}.position_enc");
    list.add(&name, &[positions, d], false, normal);
    for layer in 0..architecture.n_layers {
        let name = |part: &str| format!("model.encoder.layers.{layer}.{part}");
        for part in ["q_proj", "k_proj", "v_proj", "out_proj"] {
            list.linear(&name(&format!("self_attn.{part}")), d, d);
        }
        list.affine(&name("ff.0"), d, ff, variant.bias);
        list.affine(&name("ff.3"), ff, d, variant.bias);
        for part in ["norm_sublayer1", "norm_sublayer2", "norm_sublayer3"] {
            if part == "norm_sublayer2" && !variant.channel_attention {
                continue;
            }
            match variant.norm {
                Norm::Layer => list.norm(&name(part), d),
                Norm::Batch => list.norm(&name(&format!("{part}.batchnorm")), d),
            }
        }
    }
    let width = i64::from(input.n_features) * d;
    list.linear("head.linear", width, i64::from(variant.classes));
    list
}

struct List(Vec<ParameterShape>);

impl List {
    fn add(&mut self, name: &str, shape: &[i64], decays: bool, start: Start) {
        self.0.push(ParameterShape {
            name: name.to_owned(),
            shape: shape.to_vec(),
            decays,
            start,
        });
    }

    fn linear(&mut self, name: &str, inputs: i64, outputs: i64) {
        self.affine(name, inputs, outputs, true);
    }

    fn affine(&mut self, name: &str, inputs: i64, outputs: i64, bias: bool) {
        let start = Start::Uniform(1.0 / (inputs as f64).sqrt());
        self.add(&format!("{name}.weight"), &[outputs, inputs], true, start);
        if bias {
            self.add(&format!("{name}.bias"), &[outputs], false, start);
        }
    }

    fn norm(&mut self, name: &str, width: i64) {
        self.add(
            &format!("{name}.weight"),
            &[width],
            false,
            Start::Constant(1.0),
        );
        self.add(
            &format!("{name}.bias"),
            &[width],
            false,
            Start::Constant(0.0),
        );
    }
}
