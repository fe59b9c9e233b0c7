//! The scalar hyperparameters: the one list of names that a search may vary and a training file may fix (F04), with their ranges.

use crate::evaluate::MOST_STEPS;

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
    /// Whether a value may be used; the message has the allowed range.
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

/// [`short`] with four significant digits: to be read, not to be computed with.
pub fn rounded(value: f64) -> String {
    short(format!("{value:.3e}").parse().unwrap_or(value))
}

/// The scalar hyperparameters; `architecture` is the one that is no scalar.
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
        name: "warmup",
        whole: false,
        low: 0.0,
        high: 0.5,
        about: "share of the steps in which the learning rate rises linearly",
    },
    Scalar {
        name: "steps",
        whole: true,
        low: 1.0,
        high: MOST_STEPS as f64,
        about: "optimizer steps",
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
    "warmup",
    "steps",
];

/// The scalar of that name.
pub fn scalar(name: &str) -> Option<&'static Scalar> {
    SCALARS.iter().find(|scalar| scalar.name == name)
}

#[cfg(test)]
mod tests {
    use super::{rounded, short};

    #[test]
    fn numbers_are_short_where_they_are_read() {
        let rate = 0.000_314_159_265_358_979_3;
        assert_eq!(short(rate), "3.141592653589793e-4");
        assert_eq!(rounded(rate), "3.142e-4");
        assert_eq!(rounded(0.1), "0.1");
        assert_eq!(rounded(0.0), "0");
    }
}
