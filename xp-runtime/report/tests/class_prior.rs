//! What the report tells of studies that do not beat the class prior, and of signals that a normalisation removes (F48).

#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

mod synthetic;

use synthetic::{BUDGETS, predictions, report, training, training_with};
use xp_metrics::{Difference, Gain, Signal};
use xp_report::record::{Reference, TrialLine};

/// A training whose search has no trial that beats the class prior is in no law (F48), and what the signal check found is told.
#[test]
fn f48_a_study_that_does_not_beat_the_class_prior_is_no_law() {
    let law = |beaten: Option<usize>| {
        let folder = tempfile::tempdir().unwrap();
        for (budget, (_, params)) in BUDGETS.iter().enumerate() {
            let loss = 0.75 * (*params as f64 / BUDGETS[0].1 as f64).powf(-0.05);
            for seed in 1..=3 {
                let test = predictions(loss, 10 * budget as u64 + seed);
                training(folder.path(), budget, seed, test, |row| {
                    row.flags = (beaten == Some(budget)).then(|| "prior_not_beaten".to_owned());
                });
            }
        }
        report(folder.path())
    };
    assert!(law(None).contains("**scales** by test log-loss"));
    let refused = law(Some(2));
    assert!(
        refused.contains("no law over budgets: no trial of the search behind phase6a_train_200M")
            && !refused.contains("α ="),
        "{refused}"
    );
}

#[test]
fn f48_references_and_signal_of_a_search_are_told() {
    let difference = |value: f64| Difference {
        value,
        interval: Some((value - 0.01, value + 0.01)),
    };
    let gain = |value| Gain {
        penalty: 10.0,
        loss: 0.4,
        difference: difference(value),
    };
    let folder = tempfile::tempdir().unwrap();
    training_with(
        folder.path(),
        0,
        1,
        predictions(0.6, 1),
        |row| {
            row.run_type = "hpo".to_owned();
            row.flags = Some("signal_removed prior_not_beaten".to_owned());
        },
        |record| {
            record.test = None;
            record.trials = vec![TrialLine {
                number: 0,
                state: "complete".to_owned(),
                value: Some(0.6),
                ..TrialLine::default()
            }];
            record.references = vec![Reference {
                name: "class prior".to_owned(),
                value: 0.59,
                difference: Some(difference(0.01)),
            }];
            record.signal = Some(Signal {
                n: 751,
                positives: 536,
                prior_loss: 0.59,
                raw: gain(-0.08),
                normalised: Some(gain(-0.02)),
            });
        },
    );
    let text = report(folder.path());
    for part in [
        "beside class prior 0.5900 (Δ 0.0100 [0.0000, 0.0200]); **no trial beats the class prior**",
        "raw -0.0800 [-0.0900, -0.0700]; as the features are normalised in the window -0.0200 [-0.0300, -0.0100]: the normalisation removes the signal (n 751, 536 positive)",
        "signal_removed",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}
