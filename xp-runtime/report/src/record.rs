//! The run record: details of a run that its row of the log does not have, as `outputs/runs/{run_id}.json`.

use std::{collections::BTreeMap, fs::File, io, path::Path};

use serde::{Deserialize, Serialize};
use xp_metrics::{BaselineResult, Difference, Signal};
use xp_spec::{
    files::{read_at_most, write_atomic},
    space::Assignment,
};

use crate::log::LogRow;

/// One evaluation of a learning curve.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Optimizer steps made; absent in older records, which have an evaluation an epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u32>,
    /// Passes over the training samples made.
    pub epoch: f64,
    /// Mean training loss since the evaluation before.
    pub train_loss: f64,
    /// Mean log-loss on validation.
    pub val_loss: f64,
    /// ROC-AUC on validation.
    pub val_auc: Option<f64>,
    /// Learning rate of the last step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learning_rate: Option<f64>,
    /// Training throughput.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub samples_per_second: Option<f64>,
    /// Floating-point operations of the training so far, forward and backward.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flops: Option<f64>,
}

/// Predictions on a region, by sample in order of time, for paired bootstrap across runs.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Predictions {
    /// Last day of each sample, ISO.
    pub dates: Vec<String>,
    /// Probabilities of the positive class.
    pub probabilities: Vec<f64>,
    /// Labels, 0 or 1.
    pub labels: Vec<f64>,
}

/// A run's record.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct RunRecord {
    /// Unique.
    pub run_id: String,
    /// `{phase}_{binary}`.
    pub experiment: String,
    /// Trials of a search: number, state, value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trials: Vec<TrialLine>,
    /// Number of the trial that a search chose: the lowest value among those that have not collapsed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best_trial: Option<u32>,
    /// 95 % interval of the best trial's objective by moving-block bootstrap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best_interval: Option<(f64, f64)>,
    /// Flags of the monitors in a search's trials, with the number of trials.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub trial_flags: BTreeMap<String, u32>,
    /// Learning curve of the training, or of the best trial.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub curve: Vec<CurvePoint>,
    /// Validation predictions of the selected weights, of a search those of its best trial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub val: Option<Predictions>,
    /// Test predictions of a training.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<Predictions>,
    /// Entropy rank of the features' correlations over the training samples; trainings only, absent in older records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_dimension: Option<f64>,
    /// The resolved experiment, from which the report describes its methods; absent in older records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spec: Option<serde_json::Value>,
    /// Trials of a search that run in parallel: with seed and threads it determines them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jobs: Option<usize>,
    /// Importance of a search's parameters: name and share, by PED-ANOVA.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub importance: Vec<(String, f64)>,
    /// A search's trials along each parameter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slices: Vec<Slice>,
    /// Baselines on the same rows, label and split.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub baselines: Vec<BaselineResult>,
    /// Baselines that could not be fitted, with the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing_baselines: Vec<String>,
    /// Of a simulated market, its own probabilities on the same rows: what a model beats by luck only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bayes: Option<BaselineResult>,
    /// What a search's best trial is compared with on validation: the class prior and a logistic regression.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    /// What the signal check found before the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<Signal>,
    /// Where hyperparameters came from, by source.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub origin: BTreeMap<String, String>,
    /// Flags of the monitors for the training, or for the best trial, by the names of the log's `flags`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
    /// The row of the log, from which a lost log is rebuilt; absent in older records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<LogRow>,
}

/// What a search's best trial is compared with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// Its name.
    pub name: String,
    /// Its value of the search's objective on validation.
    pub value: f64,
    /// The best trial's value less this one, on the same samples; absent where the trial's predictions are not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<Difference>,
}

/// A search's trials along one parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Slice {
    /// The parameter; of a name that has no order, with the names behind its numbers.
    pub name: String,
    /// Whether it is searched in its logarithm.
    pub log: bool,
    /// Its value, the trial's objective, and whether the trial was complete.
    pub points: Vec<(f64, f64, bool)>,
}

/// One trial in a record.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TrialLine {
    /// Number in the study.
    pub number: u32,
    /// Its state.
    pub state: String,
    /// Best validation log-loss.
    pub value: Option<f64>,
    /// Searched hyperparameters; empty in older records.
    #[serde(default, skip_serializing_if = "Assignment::is_empty")]
    pub params: Assignment,
}

/// Writes a record.
pub fn write(runs: &Path, record: &RunRecord) -> io::Result<()> {
    let text = serde_json::to_vec(record).map_err(io::Error::other)?;
    write_atomic(&runs.join(format!("{}.json", record.run_id)), &text)
}

/// Bytes of the largest record that is read: predictions of a million samples.
pub(crate) const MAX_BYTES: u64 = 256 << 20;

/// Why a record is not available.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unavailable {
    /// There is no file.
    Absent,
    /// It is truncated, of another format or of another run.
    Unreadable,
}

/// The record of a run of an experiment.
pub fn read(runs: &Path, run_id: &str, experiment: &str) -> Result<RunRecord, Unavailable> {
    // Ids come from the log: one that is a path is refused.
    if run_id.is_empty() || run_id.contains('/') {
        return Err(Unavailable::Absent);
    }
    let path = runs.join(format!("{run_id}.json"));
    let mut file = File::open(path).map_err(|_| Unavailable::Absent)?;
    let record: Option<RunRecord> = read_at_most(&mut file, MAX_BYTES)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok());
    record
        .filter(|record| record.run_id == run_id && record.experiment == experiment)
        .ok_or(Unavailable::Unreadable)
}
