//! Hyperparameters of training, as it consumes them (F04).

use serde::{Deserialize, Serialize};

use crate::{
    architecture::Architecture,
    epoch::steps_within,
    scalar::scalar,
    space::{Assignment, Value},
};

/// Everything that training consumes, apart from data and loss.
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
    /// Share of the steps in which the learning rate rises linearly, at most a half.
    pub warmup: f64,
    /// Optimizer steps at most.
    pub steps: u32,
    /// Samples per optimizer step.
    pub batch_size: u32,
    /// Largest global gradient norm.
    pub clip_norm: f64,
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

/// Steps in which the learning rate rises, of so many: their share, rounded, and at most a half of them, so that it ends.
pub fn warmup_steps(share: f64, steps: u32) -> u32 {
    ((share * f64::from(steps)).round() as u32).min(steps / 2)
}

impl Hyperparameters {
    /// Steps in which the learning rate rises.
    pub fn warmup_steps(&self) -> u32 {
        warmup_steps(self.warmup, self.steps)
    }

    /// The same with a training of at most so many epochs, a pass over so many samples each.
    #[must_use]
    pub fn within_epochs(self, most: Option<u32>, samples: u64) -> Self {
        Self {
            steps: steps_within(self.steps, most, samples, self.batch_size),
            ..self
        }
    }

    /// Reads hyperparameters by name; every name must be known, present and in range.
    pub fn from_assignment(assignment: &Assignment) -> Result<Self, HyperparameterError> {
        if let Some(unknown) = assignment
            .keys()
            .find(|name| *name != "architecture" && scalar(name).is_none())
        {
            return Err(HyperparameterError(format!(
                "`{unknown}` is not a hyperparameter"
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
                        "`{name}` is not a hyperparameter"
                    )));
                }
            }
            Ok(value)
        };
        let Some(Value::Architecture(architecture)) = assignment.get("architecture") else {
            return Err(HyperparameterError(
                "`architecture` is missing or is not a shape".to_owned(),
            ));
        };
        Ok(Self {
            architecture: *architecture,
            learning_rate: number("learning_rate")?,
            weight_decay: number("weight_decay")?,
            dropout: number("dropout")?,
            head_dropout: number("head_dropout")?,
            warmup: number("warmup")?,
            steps: number("steps")? as u32,
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
            ("warmup", Value::Float(self.warmup)),
            ("steps", Value::Int(i64::from(self.steps))),
            ("batch_size", Value::Int(i64::from(self.batch_size))),
            ("clip_norm", Value::Float(self.clip_norm)),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::warmup_steps;

    #[test]
    fn a_warm_up_is_a_share_of_the_steps_and_ends() {
        for (share, steps, expected) in [
            (0.0, 1000, 0),
            (0.05, 1000, 50),
            (0.29, 100, 29),
            (0.5, 1000, 500),
            (0.5, 1, 0),
            (0.5, 3, 1),
            (0.02, 10, 0),
        ] {
            assert_eq!(warmup_steps(share, steps), expected, "{share} of {steps}");
        }
    }
}
