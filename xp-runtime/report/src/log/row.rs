//! A row of the log.

use std::{fmt, io};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, Visitor},
};

use super::status::Status;

/// A row. A value that does not exist is empty, never 0 or −1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogRow {
    /// End of the run, ISO-8601 UTC.
    pub timestamp: String,
    /// `{phase}_{binary}`.
    pub experiment: String,
    /// Phase.
    pub phase: String,
    /// Budget.
    pub budget: String,
    /// Task.
    pub task: String,
    /// Trading days.
    pub horizon: u32,
    /// Bar length.
    pub timescale: String,
    /// The experiment's file.
    pub script_path: String,
    /// `hpo` or `training`.
    pub run_type: String,
    /// Outcome.
    pub status: Status,
    /// Wall-clock seconds.
    pub duration_seconds: f64,
    /// Unweighted mean log-loss on validation.
    pub val_loss: Option<f64>,
    /// Share of right predictions on test.
    pub test_accuracy: Option<f64>,
    /// JSON.
    pub hyperparameters: Option<String>,
    /// Why it failed.
    pub error_message: Option<String>,
    /// Highest temperature measured, °C.
    pub thermal_max_temp: Option<f64>,
    /// MD5 of the parquet.
    pub data_md5: Option<String>,
    /// Unique.
    pub run_id: String,
    /// Spec hash of the experiment, or the effective one of an overridden run.
    pub spec_hash: String,
    /// Whether the command line changed results.
    #[serde(deserialize_with = "yes_or_no")]
    pub overridden: bool,
    /// Commit, with `+dirty` where sources differ from it.
    pub code_version: Option<String>,
    /// Seed of the training or of the search.
    pub seed: Option<u64>,
    /// `cpu` or `cuda:0`.
    pub device: Option<String>,
    /// Exact number of trainable parameters.
    pub param_count: Option<u64>,
    /// Features per bar.
    pub n_features: Option<u64>,
    /// ROC-AUC on validation.
    pub val_auc: Option<f64>,
    /// Unweighted mean log-loss on test.
    pub test_loss: Option<f64>,
    /// ROC-AUC on test.
    pub test_auc: Option<f64>,
    /// Positive test samples.
    pub test_positives: Option<u64>,
    /// Test samples.
    pub test_samples: Option<u64>,
    /// Positive validation samples.
    pub val_positives: Option<u64>,
    /// Validation samples.
    pub val_samples: Option<u64>,
    /// Passes over the training samples until the selected weights; whole in rows of before `best_step`.
    pub best_epoch: Option<f64>,
    /// Seconds paused by the thermal guard.
    pub thermal_paused_seconds: Option<f64>,
    /// Mean training throughput.
    pub samples_per_second: Option<f64>,
    /// Warnings about the run: `collapsed`, `no_sensor`, … separated by spaces.
    pub flags: Option<String>,
    /// Threads of libtorch, on which the last digits depend.
    pub threads: Option<u32>,
    /// What the command line changed of the results, JSON.
    pub overrides: Option<String>,
    /// Optimizer steps until the selected weights.
    pub best_step: Option<u32>,
    /// What the lints found in the experiment when it was built, JSON: see [`LintFinding`](super::LintFinding).
    pub lints: Option<String>,
    /// Training samples.
    pub train_samples: Option<u64>,
    /// Floating-point operations of the training, forward and backward, or of all trials of the search; evaluations are not part of it.
    pub train_flops: Option<f64>,
    /// Job of a batch system in which it ran, as `squeue` shows it: `17_3`.
    pub job: Option<String>,
    /// How often that job had been requeued.
    pub restart_count: Option<u32>,
    /// Kernels of a processor, on which the last digits depend: `avx512+mkl`.
    pub kernels: Option<String>,
}

/// `true` or `false`, as a spreadsheet writes them too; in a record a boolean of JSON.
fn yes_or_no<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    deserializer.deserialize_any(YesOrNo)
}

struct YesOrNo;

impl Visitor<'_> for YesOrNo {
    type Value = bool;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("`overridden` to be true or false")
    }

    fn visit_bool<E>(self, value: bool) -> Result<bool, E> {
        Ok(value)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<bool, E> {
        match text.to_ascii_lowercase().as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(E::custom(format!(
                "`overridden` must be true or false, found `{text}`"
            ))),
        }
    }
}

impl LogRow {
    /// The row without non-finite numbers, which become absent; a duration that is not finite is an error.
    pub(super) fn finite(mut self, record: &csv::StringRecord) -> Result<Self, csv::Error> {
        if !self.duration_seconds.is_finite() {
            let line = record.position().map_or(0, csv::Position::line);
            let text = format!("CSV error: line: {line}: duration_seconds is not a number");
            return Err(io::Error::new(io::ErrorKind::InvalidData, text).into());
        }
        for value in [
            &mut self.val_loss,
            &mut self.test_accuracy,
            &mut self.thermal_max_temp,
            &mut self.val_auc,
            &mut self.test_loss,
            &mut self.test_auc,
            &mut self.best_epoch,
            &mut self.thermal_paused_seconds,
            &mut self.samples_per_second,
            &mut self.train_flops,
        ] {
            *value = value.filter(|value| value.is_finite());
        }
        Ok(self)
    }
}
