//! The messages between a search and its worker processes: one JSON line each. It sends nothing.

use serde::{Deserialize, Serialize};
use xp_engine::train::Flag;
use xp_report::record::CurvePoint;
use xp_search::Decision;
use xp_spec::space::Assignment;

use super::outcome::Stop;

/// From the search to a worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub(super) enum Order {
    /// Train this trial.
    Trial(Task),
    /// The answer to an evaluation.
    Verdict {
        /// Whether the trial goes on.
        decision: Decision,
    },
    /// Wait between batches.
    Pause,
    /// Go on.
    Resume,
    /// End the trial after this batch.
    Stop(Stop),
}

/// One trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Task {
    pub(super) number: u32,
    /// Searched and fixed hyperparameters.
    pub(super) assignment: Assignment,
    /// Seed of initialisation, order and dropout.
    pub(super) seed: u64,
}

/// From a worker to the search.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "report", rename_all = "snake_case")]
pub(super) enum Report {
    /// It has its data.
    Ready {
        /// Of its own binary: another one means that it was built again meanwhile.
        spec_hash: String,
    },
    /// It goes on from a checkpoint.
    Resumed {
        /// Evaluations that had been made.
        curve: Vec<CurvePoint>,
        /// Steps that had been made.
        step: u32,
    },
    /// Something that a person should know of a trial.
    Warning { message: String },
    /// A heartbeat, with the steps made and their passes over the training samples.
    Step { step: u32, epoch: f64 },
    /// An evaluation; it waits for the verdict.
    Evaluation {
        /// Steps made.
        step: u32,
        point: CurvePoint,
        objective: f64,
        samples_per_second: f64,
    },
    /// The trial ended.
    Ended(TrialResult),
    /// No trial can be trained at all.
    Refused { message: String },
}

/// How a trial ended, as its worker saw it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct TrialResult {
    pub(super) outcome: TrialOutcome,
    pub(super) best_step: Option<u32>,
    pub(super) collapsed: bool,
    /// What its monitors found.
    pub(super) flags: Vec<Flag>,
    /// The whole curve, also of evaluations before it was taken over.
    pub(super) curve: Vec<CurvePoint>,
}

/// See [`TrialResult`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub(super) enum TrialOutcome {
    Complete {
        value: f64,
        /// Probabilities on validation of the selected weights.
        probabilities: Vec<f64>,
    },
    Pruned,
    Stopped(Stop),
    Nan,
    OutOfMemory,
    Failed {
        message: String,
    },
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]
    use super::*;

    #[test]
    fn lines_are_read_back_to_the_bit() {
        let point = CurvePoint {
            step: Some(150),
            epoch: 1.0 / 3.0,
            train_loss: 0.1 + 0.2,
            val_loss: 1.0 / 3.0,
            val_auc: None,
            learning_rate: Some(3e-4),
            samples_per_second: None,
            flops: None,
        };
        let ended = |outcome| {
            Report::Ended(TrialResult {
                outcome,
                best_step: Some(150),
                collapsed: false,
                flags: vec![Flag::Slow],
                curve: vec![point],
            })
        };
        for report in [
            Report::Evaluation {
                step: 150,
                point,
                objective: 1e-300,
                samples_per_second: 523.25,
            },
            ended(TrialOutcome::Complete {
                value: 0.1 + 0.7,
                probabilities: vec![0.1 + 0.2, 1e-300],
            }),
            ended(TrialOutcome::Stopped(Stop::Heat)),
            ended(TrialOutcome::Failed {
                message: "two\nlines".to_owned(),
            }),
        ] {
            let line = serde_json::to_string(&report).unwrap();
            assert!(!line.contains('\n'));
            assert_eq!(serde_json::from_str::<Report>(&line).unwrap(), report);
        }
        let verdict = Order::Verdict {
            decision: Decision::Prune,
        };
        for order in [Order::Stop(Stop::Timeout), verdict] {
            let line = serde_json::to_string(&order).unwrap();
            assert_eq!(serde_json::from_str::<Order>(&line).unwrap(), order);
        }
    }
}
