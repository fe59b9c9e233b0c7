//! What is known of a run so far, for the row of a run that ends early.

use std::{path::PathBuf, time::Instant};

use xp_metrics::Signal;

/// Highest temperature, °C, and seconds paused for heat; absent where no sensor was ever read.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Heat {
    pub(crate) highest: Option<f64>,
    pub(crate) paused_seconds: Option<f64>,
}

impl Heat {
    /// The heat of a run part together with that of the part before it; unknown where the later part's is.
    pub(crate) fn after(self, before: Self) -> Self {
        Self {
            highest: self
                .highest
                .map(|celsius| celsius.max(before.highest.unwrap_or(f64::NEG_INFINITY))),
            paused_seconds: self
                .paused_seconds
                .map(|seconds| seconds + before.paused_seconds.unwrap_or(0.0)),
        }
    }
}

/// Room on a disk that a run needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Room {
    /// Bytes.
    pub(crate) needed: u64,
    /// A folder of that disk.
    pub(crate) folder: PathBuf,
}

/// What a row says beyond the experiment; absent until it is known.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    pub(super) data_md5: Option<String>,
    pub(super) train_samples: Option<u64>,
    pub(super) heat: Heat,
    /// When the seed began that the next row is of.
    pub(super) seed_started: Option<Instant>,
    pub(super) values: RowValues,
    pub(super) signal: Option<Signal>,
    pub(super) flags: Vec<&'static str>,
    /// For the message of a disk that is full.
    pub(super) room: Option<Room>,
    /// Whether the run has not passed pre-flight.
    pub(super) refused: bool,
}

/// Numbers of a search or of one seed of a training.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct RowValues {
    pub(crate) hyperparameters: Option<String>,
    pub(crate) seed: Option<u64>,
    pub(crate) param_count: Option<u64>,
    pub(crate) val_loss: Option<f64>,
    pub(crate) val_auc: Option<f64>,
    /// Samples and positives.
    pub(crate) val: Option<(u64, u64)>,
    pub(crate) test_loss: Option<f64>,
    pub(crate) test_accuracy: Option<f64>,
    pub(crate) test_auc: Option<f64>,
    /// Samples and positives.
    pub(crate) test: Option<(u64, u64)>,
    pub(crate) best_epoch: Option<f64>,
    pub(crate) best_step: Option<u32>,
    pub(crate) samples_per_second: Option<f64>,
    /// Floating-point operations of the training, or of all trials.
    pub(crate) train_flops: Option<f64>,
    pub(crate) collapsed: bool,
    /// What the monitors found, by the names of the log.
    pub(crate) flags: Vec<&'static str>,
    pub(crate) duration_seconds: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::Heat;

    #[test]
    fn heat_of_parts_adds_up_and_stays_unknown_where_it_is() {
        let heat = |highest, paused_seconds| Heat {
            highest,
            paused_seconds,
        };
        let (none, before) = (Heat::default(), heat(Some(80.0), Some(5.0)));
        for (part, before, expected) in [
            (
                heat(Some(70.0), Some(1.0)),
                before,
                heat(Some(80.0), Some(6.0)),
            ),
            (
                heat(Some(90.0), Some(0.0)),
                before,
                heat(Some(90.0), Some(5.0)),
            ),
            (
                heat(Some(70.0), Some(1.0)),
                none,
                heat(Some(70.0), Some(1.0)),
            ),
            (none, before, none),
        ] {
            assert_eq!(part.after(before), expected);
        }
    }
}
