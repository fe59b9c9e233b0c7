//! What every baseline is: a function from regions to scores.

use crate::regions::Regions;

/// Fits a baseline; the error says why it could not be.
pub(crate) type Fit = fn(&Regions<'_>) -> Result<Fitted, String>;

/// What a fitted baseline says of the judged rows.
pub(crate) struct Fitted {
    /// With what it has chosen.
    pub(crate) name: String,
    /// Probabilities of the positive class, or scores in their order, per judged row.
    pub(crate) scores: Vec<f64>,
    /// Whether the scores are probabilities.
    pub(crate) probabilities: bool,
}
