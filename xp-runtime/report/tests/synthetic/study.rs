//! A large study: searches and trainings of four budgets and four tasks with three seeds, over phases.

use std::path::Path;

use xp_report::{
    log::Status,
    record::{CurvePoint, Slice, TrialLine},
};

use super::{BUDGETS, noise, predictions, training_with};

/// As searches write them.
const HYPERPARAMETERS: &str = r#"{"architecture":{"d_model":192,"n_layers":4,"n_heads":6,"d_ff":768},"learning_rate":0.00031415926535,"weight_decay":0.0125,"dropout":0.1171875,"warmup":0.05,"steps":2000}"#;

/// Markup, a long word and a line break, as a message may have them.
const MESSAGE: &str = "<b>no space</b> left on device: /home/somebody/studies/with/a/long/path/outputs/checkpoints/model.safetensors\nwas not written & the run ended";

/// So many of its runs.
pub(crate) fn fill(workspace: &Path, runs: usize) {
    let tasks = [
        "threshold_1pct",
        "threshold_2pct",
        "threshold_3pct",
        "threshold_5pct",
    ];
    for run in 0..runs {
        let (budget, task) = (run % 4, tasks[run / 4 % 4]);
        let (seed, phase) = (run / 16 % 3 + 1, (b'a' + (run / 96 % 26) as u8) as char);
        let search = run / 48 % 2 == 1;
        let (name, params) = BUDGETS[budget];
        let loss = 0.75 * (params as f64 / BUDGETS[0].1 as f64).powf(-0.03);
        let salt = 10 * budget as u64 + seed as u64;
        training_with(
            workspace,
            budget,
            seed as u64,
            predictions(loss, salt),
            |row| {
                row.task = task.to_owned();
                row.phase = format!("phase6{phase}");
                let kind = if search { "hpo" } else { "train" };
                row.experiment = format!("phase6{phase}_{kind}_{name}_{task}");
                row.run_type = if search { "hpo" } else { "training" }.to_owned();
                row.best_epoch = Some(2.0);
                row.best_step = Some(2);
                row.val_loss = Some(loss + 0.01 * noise(run, 5));
                row.hyperparameters = Some(HYPERPARAMETERS.to_owned());
                row.overridden = run % 29 == 28;
                if run % 17 == 0 {
                    row.status = Status::Failed;
                    row.error_message = Some(MESSAGE.to_owned());
                }
            },
            |record| {
                record.val = Some(predictions(loss, salt + 100));
                record.curve = (1..=50)
                    .map(|epoch| CurvePoint {
                        step: Some(epoch),
                        epoch: f64::from(epoch),
                        train_loss: 0.4 + 0.3 / f64::from(epoch).sqrt(),
                        val_loss: 0.55 + 0.1 / f64::from(epoch) + 0.001 * f64::from(epoch),
                        ..CurvePoint::default()
                    })
                    .collect();
                if search {
                    record.test = None;
                    record.importance = vec![
                        ("learning_rate".to_owned(), 0.55),
                        ("architecture".to_owned(), 0.25),
                        ("dropout".to_owned(), 0.15),
                        ("weight_decay".to_owned(), 0.05),
                    ];
                    record.slices = [("learning_rate", true), ("dropout", false)]
                        .map(|(name, log)| Slice {
                            name: name.to_owned(),
                            log,
                            points: (0..50)
                                .map(|trial| {
                                    let x = 0.01 + noise(trial, 7) * 0.5;
                                    let value = loss + 0.1 * noise(trial, 9).powi(2);
                                    (x, value, trial % 7 != 3)
                                })
                                .collect(),
                        })
                        .to_vec();
                    record.trials = (0..50)
                        .map(|number| TrialLine {
                            number,
                            state: match number % 7 {
                                3 => "pruned",
                                6 => "nan",
                                _ => "complete",
                            }
                            .to_owned(),
                            value: (number % 7 != 6).then(|| {
                                loss + 0.1 * noise(number as usize, 9).powi(2)
                                    + if number == 12 { 3.0 } else { 0.0 }
                            }),
                            params: serde_json::from_str(HYPERPARAMETERS).unwrap(),
                        })
                        .collect();
                }
            },
        );
    }
}
