//! Hyperparameters of training: the one list of names that a search may vary and a training file may fix (F04).

use serde::{Deserialize, Serialize};

use crate::{
    architecture::Architecture,
    space::{Assignment, Value},
};

/// Everything that training consumes beside data and loss.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hyperparameters {
    /// Encoder shape.
    pub architecture: Architecture,
    /// Peak learning rate of AdamW.
    pub learning_rate: f64,
    /// Decoupled weight decay.
    pub weight_decay: f64,
    /// Dropout inside the encoder.
    pub dropout: f64,
    /// Dropout before the classification head.
    pub head_dropout: f64,
    /// Optimizer steps of linear warm-up.
    pub warmup_steps: u32,
    /// Epochs at most.
    pub epochs: u32,
    /// Samples per optimizer step.
    pub batch_size: u32,
    /// Largest global gradient norm.
    pub clip_norm: f64,
}

/// What values a scalar hyperparameter may take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scalar {
    /// Name in experiments and studies.
    pub name: &'static str,
    /// Whether it is a whole number.
    pub whole: bool,
    /// Smallest sensible value: well above what vanishes in f32.
    pub low: f64,
    /// Largest sensible value.
    pub high: f64,
    /// What it is, with unit.
    pub about: &'static str,
}

impl Scalar {
    /// Whether a value may be used; the message says the allowed range.
    pub fn check(&self, value: f64) -> Result<(), String> {
        if (self.low..=self.high).contains(&value) && (!self.whole || value.fract() == 0.0) {
            return Ok(());
        }
        Err(format!(
            "`{}` must be {}≥ {} and ≤ {}, found {}",
            self.name,
            if self.whole { "a whole number " } else { "" },
            short(self.low),
            short(self.high),
            short(value)
        ))
    }

    /// Whether a logarithmic domain makes sense for it, and for `between`: geometric mean.
    pub fn log_scaled(&self) -> bool {
        matches!(self.name, "learning_rate" | "weight_decay")
    }
}

/// A number as people write it: with an exponent where it has many zeros.
pub fn short(value: f64) -> String {
    if value != 0.0 && !(1e-2..1e7).contains(&value.abs()) {
        format!("{value:e}")
    } else {
        value.to_string()
    }
}

/// The scalar hyperparameters; `architecture` is beside them.
pub const SCALARS: [Scalar; 8] = [
    Scalar {
        name: "learning_rate",
        whole: false,
        low: 1e-8,
        high: 1.0,
        about: "peak learning rate of AdamW",
    },
    Scalar {
        name: "weight_decay",
        whole: false,
        low: 0.0,
        high: 1.0,
        about: "decoupled weight decay",
    },
    Scalar {
        name: "dropout",
        whole: false,
        low: 0.0,
        high: 0.9,
        about: "dropout in the encoder",
    },
    Scalar {
        name: "head_dropout",
        whole: false,
        low: 0.0,
        high: 0.9,
        about: "dropout before the head",
    },
    Scalar {
        name: "warmup_steps",
        whole: true,
        low: 0.0,
        high: 1e6,
        about: "optimizer steps of linear warm-up",
    },
    Scalar {
        name: "epochs",
        whole: true,
        low: 1.0,
        high: 10_000.0,
        about: "epochs at most",
    },
    Scalar {
        name: "batch_size",
        whole: true,
        low: 1.0,
        high: 65_536.0,
        about: "samples per optimizer step",
    },
    Scalar {
        name: "clip_norm",
        whole: false,
        low: 1e-6,
        high: 1e6,
        about: "largest global gradient norm",
    },
];

/// Scalars that every experiment must search or fix itself: no silent defaults for what a search is about.
pub const REQUIRED: [&str; 5] = [
    "learning_rate",
    "weight_decay",
    "dropout",
    "warmup_steps",
    "epochs",
];

/// The scalar of that name.
pub fn scalar(name: &str) -> Option<&'static Scalar> {
    SCALARS.iter().find(|scalar| scalar.name == name)
}

/// A value is missing, or of the wrong type, for a hyperparameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HyperparameterError(pub String);

impl std::fmt::Display for HyperparameterError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for HyperparameterError {}

impl Hyperparameters {
    /// Reads hyperparameters by name; every name must be known, present and in range.
    pub fn from_assignment(assignment: &Assignment) -> Result<Self, HyperparameterError> {
        if let Some(unknown) = assignment
            .keys()
            .find(|name| *name != "architecture" && scalar(name).is_none())
        {
            return Err(HyperparameterError(format!(
                "`{unknown}` is no hyperparameter"
            )));
        }
        let number = |name: &str| -> Result<f64, HyperparameterError> {
            let value = match assignment.get(name) {
                Some(Value::Int(value)) => *value as f64,
                Some(Value::Float(value)) => *value,
                Some(other) => {
                    return Err(HyperparameterError(format!(
                        "`{name}` must be a number, found {other:?}"
                    )));
                }
                None => return Err(HyperparameterError(format!("`{name}` is missing"))),
            };
            match scalar(name) {
                Some(scalar) => scalar.check(value).map_err(HyperparameterError)?,
                None => {
                    return Err(HyperparameterError(format!(
                        "`{name}` is no hyperparameter"
                    )));
                }
            }
            Ok(value)
        };
        let Some(Value::Architecture(architecture)) = assignment.get("architecture") else {
            return Err(HyperparameterError(
                "`architecture` is missing or no shape".to_owned(),
            ));
        };
        Ok(Self {
            architecture: *architecture,
            learning_rate: number("learning_rate")?,
            weight_decay: number("weight_decay")?,
            dropout: number("dropout")?,
            head_dropout: number("head_dropout")?,
            warmup_steps: number("warmup_steps")? as u32,
            epochs: number("epochs")? as u32,
            batch_size: number("batch_size")? as u32,
            clip_norm: number("clip_norm")?,
        })
    }

    /// All hyperparameters by name.
    pub fn to_assignment(&self) -> Assignment {
        [
            ("architecture", Value::Architecture(self.architecture)),
            ("learning_rate", Value::Float(self.learning_rate)),
            ("weight_decay", Value::Float(self.weight_decay)),
            ("dropout", Value::Float(self.dropout)),
            ("head_dropout", Value::Float(self.head_dropout)),
            ("warmup_steps", Value::Int(i64::from(self.warmup_steps))),
            ("epochs", Value::Int(i64::from(self.epochs))),
            ("batch_size", Value::Int(i64::from(self.batch_size))),
            ("clip_norm", Value::Float(self.clip_norm)),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
    }
}
