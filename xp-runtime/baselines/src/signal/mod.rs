//! Whether the features of the last bar tell anything of the label, and whether the model's normalisation leaves it there (F48): a logistic
//! regression is fitted on train and compared with the class prior on validation.

mod ridge;
mod window;

use xp_metrics::{Gain, Signal, base_rate, log_loss, loss_difference};

use crate::rows::Rows;
use ridge::Ridge;

pub use window::normalised_last_bars;

/// Samples of train and of validation with the same features.
#[derive(Debug, Clone, Copy)]
pub struct TrainVal<'a> {
    /// To fit on.
    pub train: Rows<'a>,
    /// To compare on.
    pub val: Rows<'a>,
}

/// What the check found, with the predictions on validation that a search is compared with.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The numbers.
    pub signal: Signal,
    /// Probabilities of the regression on raw features.
    pub probabilities: Vec<f64>,
}

/// Fits the regressions on raw features and, where they differ, on normalised ones. Labels of samples that are at most `overlap` apart
/// share days; the bootstrap draws blocks of at least `block` samples. The error is the reason why nothing can be fitted.
pub fn check_signal(
    raw: TrainVal<'_>,
    normalised: Option<TrainVal<'_>>,
    overlap: usize,
    block: usize,
) -> Result<Checked, String> {
    let labels = raw.val.labels;
    let prior = base_rate(raw.train.labels);
    let constant = vec![prior; labels.len()];
    let gain = |rows: &TrainVal<'_>| -> Result<(Gain, Vec<f64>), String> {
        let ridge = Ridge::fit(&rows.train, overlap)?;
        let probabilities = ridge.probabilities(&rows.val);
        let gain = Gain {
            penalty: ridge.penalty(),
            loss: log_loss(&probabilities, labels),
            difference: loss_difference(&probabilities, &constant, labels, block),
        };
        Ok((gain, probabilities))
    };
    let (raw, probabilities) = gain(&raw)?;
    let normalised = normalised.as_ref().map(gain).transpose()?;
    Ok(Checked {
        signal: Signal {
            n: labels.len(),
            positives: labels.iter().filter(|y| **y == 1.0).count(),
            prior_loss: log_loss(&constant, labels),
            raw,
            normalised: normalised.map(|(gain, _)| gain),
        },
        probabilities,
    })
}
