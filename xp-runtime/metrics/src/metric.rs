//! What a metric is: a name, a formula with bootstrap replicates, and what its n counts. One file in `metrics/` defines each.

use crate::{classified::Classified, predicted::Predicted, value::Value};

/// A metric.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Its name in tables.
    pub name: &'static str,
    /// What its n counts.
    pub counted: Counted,
    pub(crate) formula: Formula,
}

/// Names are unique, and formulas cannot be compared.
impl PartialEq for Metric {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// How a metric is computed; absent where the predictions do not define it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Formula {
    /// From the probabilities.
    Probabilities(fn(&Predicted<'_>) -> Option<Value>),
    /// From the classes that a threshold makes of them.
    Classes(fn(&Classified<'_>) -> Option<Value>),
}

/// What n counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// All samples.
    Samples,
    /// Samples predicted positive.
    PredictedPositives,
    /// Positive samples.
    Positives,
}

impl Counted {
    /// The counts in words.
    pub fn describe(self, n: usize, positives: usize) -> String {
        match self {
            Self::Samples => format!("n {n}, {positives} positive"),
            Self::PredictedPositives => format!("{positives} of {n} predicted positive"),
            Self::Positives => format!("{positives} of {n} positives"),
        }
    }
}
