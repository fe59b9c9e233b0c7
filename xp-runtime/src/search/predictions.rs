//! The best trial's predictions on validation, from which its interval is computed.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::write::write;
use crate::context::RunError;

/// Probabilities on validation of the best trial so far.
#[derive(Debug, Serialize, Deserialize)]
struct BestPredictions {
    trial: u32,
    probabilities: Vec<f64>,
}

/// Where they are kept: of the best trial only, because they are as long as validation.
fn predictions_file(folder: &Path) -> PathBuf {
    folder.join("best_predictions.json")
}

/// Where each process of a shared study keeps those of its best trial: none knows of all others.
fn own_file(folder: &Path, trial: u32) -> PathBuf {
    folder.join(format!("best_predictions/{trial:04}.json"))
}

/// Keeps the predictions of a trial that is better than all before it.
pub(super) fn write_predictions(
    folder: &Path,
    trial: u32,
    is_shared: bool,
    probabilities: &[f64],
) -> Result<(), RunError> {
    let text = serde_json::to_vec(&BestPredictions {
        trial,
        probabilities: probabilities.to_vec(),
    })
    .map_err(RunError::failed)?;
    let file = match is_shared {
        true => own_file(folder, trial),
        false => predictions_file(folder),
    };
    write(&file, &text)
}

/// The predictions of a trial on a region of `samples`; absent where the file is of another trial, as after trials were taken over from
/// another study, or is no such file.
pub(super) fn read_predictions(folder: &Path, trial: u32, samples: usize) -> Option<Vec<f64>> {
    let text = std::fs::read(own_file(folder, trial))
        .or_else(|_| std::fs::read(predictions_file(folder)))
        .ok()?;
    let kept: BestPredictions = serde_json::from_slice(&text).ok()?;
    let fits = kept.trial == trial && kept.probabilities.len() == samples;
    (fits && kept.probabilities.iter().all(|p| (0.0..=1.0).contains(p)))
        .then_some(kept.probabilities)
}
