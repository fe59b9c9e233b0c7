//! The best trial beside the class prior and the logistic regression on the same validation samples (F48).

use std::path::Path;

use serde_json::Value as Json;
use xp_baselines::Checked;
use xp_metrics::{auc_difference, log_loss, loss_difference, roc_auc};
use xp_report::record::{Predictions, Reference};
use xp_spec::training::Objective;

/// Name of the first reference.
const CLASS_PRIOR: &str = "class prior";

/// The references of a search's best trial, whose predictions are `ours` where they are known: the class prior of train, and what the
/// signal check fitted, where it could.
pub(super) fn references(
    objective: Objective,
    block: usize,
    labels: &[f64],
    ours: Option<&Predictions>,
    (prior, signal): (f64, Option<&Checked>),
) -> Vec<Reference> {
    let prior = vec![prior; labels.len()];
    let regression =
        signal.map(|signal| ("logistic regression on the last bar", &signal.probabilities));
    [(CLASS_PRIOR, &prior)]
        .into_iter()
        .chain(regression)
        .filter_map(|(name, theirs)| {
            let (value, difference) = match objective {
                Objective::LogLoss => (
                    log_loss(theirs, labels),
                    ours.map(|ours| loss_difference(&ours.probabilities, theirs, labels, block)),
                ),
                Objective::Auc => (
                    1.0 - roc_auc(theirs, labels)?,
                    ours.and_then(|ours| {
                        auc_difference(&ours.probabilities, theirs, labels, block)
                    }),
                ),
            };
            Some(Reference {
                name: name.to_owned(),
                value,
                difference,
            })
        })
        .collect()
}

/// Whether the best trial beats the class prior: by the interval of the paired difference, or, where there is none, by its value. Absent
/// without such a reference or without a value.
pub(super) fn beats_prior(references: &[Reference], best: Option<f64>) -> Option<bool> {
    let prior = references
        .iter()
        .find(|reference| reference.name == CLASS_PRIOR)?;
    match &prior.difference {
        Some(difference) => Some(difference.is_below_zero()),
        None => Some(best? < prior.value),
    }
}

/// The references in words, and whether the class prior is beaten.
pub(super) fn lines(references: &[Reference], beats_prior: Option<bool>) -> Vec<String> {
    let mut lines: Vec<String> = references
        .iter()
        .map(|reference| {
            let by = reference.difference.map_or_else(
                || "the best trial's predictions are not known".to_owned(),
                |difference| {
                    let interval = difference.interval.map_or_else(
                        || "no interval".to_owned(),
                        |(low, high)| format!("[{low:+.4}, {high:+.4}]"),
                    );
                    format!("best trial {:+.4} {interval}", difference.value)
                },
            );
            format!("{}: {:.4}; {by}", reference.name, reference.value)
        })
        .collect();
    if beats_prior == Some(false) {
        lines.push(
            "no trial beats the class prior: no law is fitted with this study, and its hyperparameters are no better than others".to_owned(),
        );
    }
    lines
}

/// The lines of a best file, where it is of this best trial.
pub(super) fn stored_lines(best_file: &Path, best_trial: u32) -> Vec<String> {
    let stored = || -> Option<Vec<String>> {
        let best: Json = serde_json::from_slice(&std::fs::read(best_file).ok()?).ok()?;
        if best.get("best_trial")?.as_u64()? != u64::from(best_trial) {
            return None;
        }
        let references: Vec<Reference> =
            serde_json::from_value(best.get("references")?.clone()).ok()?;
        Some(lines(&references, best.get("beats_prior")?.as_bool()))
    };
    stored().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use xp_metrics::{Difference, Gain, Signal};

    use super::*;

    fn signal(probabilities: Vec<f64>) -> Checked {
        let difference = Difference {
            value: 0.0,
            interval: None,
        };
        let raw = Gain {
            penalty: 10.0,
            loss: 0.6,
            difference,
        };
        Checked {
            signal: Signal {
                n: probabilities.len(),
                positives: 0,
                prior_loss: 0.6,
                raw,
                normalised: None,
            },
            probabilities,
        }
    }

    #[test]
    fn f48_the_class_prior_is_beaten_by_the_interval_of_the_difference() {
        let labels: Vec<f64> = (0..300).map(|i| f64::from(u8::from(i % 3 == 0))).collect();
        let model = |good: f64| Predictions {
            dates: Vec::new(),
            probabilities: labels.iter().map(|y| 0.3 + good * (y - 0.3)).collect(),
            labels: labels.clone(),
        };
        for (objective, ours, best, expected) in [
            (Objective::LogLoss, Some(model(0.5)), None, true),
            (Objective::LogLoss, Some(model(0.0)), None, false),
            (Objective::LogLoss, Some(model(-0.3)), Some(0.1), false),
            (Objective::LogLoss, None, Some(0.6), true),
            (Objective::LogLoss, None, Some(0.7), false),
            (Objective::Auc, Some(model(0.5)), None, true),
            (Objective::Auc, Some(model(-0.5)), None, false),
        ] {
            // The class prior needs no regression.
            for signal in [Some(&signal(model(0.2).probabilities)), None] {
                let found = references(objective, 20, &labels, ours.as_ref(), (0.3, signal));
                assert_eq!(found.len(), 1 + usize::from(signal.is_some()));
                assert_eq!(beats_prior(&found, best), Some(expected), "{found:?}");
                let said = lines(&found, Some(expected)).join("\n");
                assert_eq!(
                    said.contains("no trial beats the class prior"),
                    !expected,
                    "{said}"
                );
            }
        }
        assert_eq!(beats_prior(&[], Some(0.1)), None);
    }
}
