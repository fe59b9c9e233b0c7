//! The interface of all baselines: a function from regions to scores.

use crate::regions::Regions;

/// Fits a baseline; the error is the reason why it cannot be fitted.
pub(crate) type Fit = fn(&Regions<'_>) -> Result<Fitted, String>;

/// Predictions of a fitted baseline.
pub(crate) struct Fitted {
    /// Name, with the chosen hyperparameters.
    pub(crate) name: String,
    /// Probabilities of the positive class, or scores in their order, per evaluated row.
    pub(crate) scores: Vec<f64>,
    /// Whether the scores are probabilities.
    pub(crate) probabilities: bool,
}
