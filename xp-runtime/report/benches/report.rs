//! Time of a report of 1,000 runs, and of an append to the log with fsync. Run `cargo bench -p xp-report`, or
//! `cargo bench -p xp-report -- --keep FOLDER` to keep the synthetic workspace with all formats of its report.

#![allow(clippy::unwrap_used, reason = "a bench may state what it believes")]

#[path = "../tests/synthetic/mod.rs"]
mod synthetic;

use std::{fs, path::PathBuf};

use synthetic::{BUDGETS, noise, predictions, training_with};
use xp_clock::Clock;
use xp_report::{
    LOG,
    log::{self, Status, append},
    record::TrialLine,
    report::{Formats, regenerate},
};

/// Runs of the synthetic log: searches and trainings of four budgets and four tasks with three seeds, over phases.
const RUNS: usize = 1000;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let keep = arguments.iter().position(|argument| argument == "--keep");
    let output: Option<PathBuf> = keep.and_then(|at| arguments.get(at + 1)).map(PathBuf::from);
    let folder = tempfile::tempdir().unwrap();
    let workspace = output.as_deref().unwrap_or(folder.path());
    let number = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)?.parse().ok()
    };
    fill(workspace, number("--runs").unwrap_or(RUNS));
    let rows = log::read(&workspace.join(LOG)).unwrap();
    println!("| what | runs | median of 5 |\n|---|---|---|");
    let formats = Formats {
        html: output.is_some(),
        latex: output.is_some(),
        csv: output.is_some(),
    };
    let generated = "2026-11-23T20:00:00Z".parse().unwrap();
    time("report, first", rows.len(), 1, || {
        regenerate(workspace, generated, formats).unwrap();
    });
    time("report, again", rows.len(), 5, || {
        regenerate(workspace, generated, Formats::default()).unwrap();
    });
    let again = workspace.join("again.csv");
    let row = rows.first().unwrap();
    time("append with fsync to an empty log", 0, 5, || {
        let _ = fs::remove_file(&again);
        append(&again, row).unwrap();
    });
    fs::copy(workspace.join(LOG), &again).unwrap();
    time("append with fsync", rows.len(), 5, || {
        append(&again, row).unwrap();
    });
    // What the disk alone takes.
    let plain = workspace.join("plain");
    time("write of 600 bytes with fsync", 0, 5, || {
        let mut file = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&plain)
            .unwrap();
        std::io::Write::write_all(&mut file, &[b'x'; 600]).unwrap();
        file.sync_all().unwrap();
    });
}

fn time(what: &str, runs: usize, times: usize, mut work: impl FnMut()) {
    let clock = Clock::system();
    let mut seconds: Vec<f64> = (0..times)
        .map(|_| {
            let started = clock.now();
            work();
            clock.since(started).as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    println!(
        "| {what} | {runs} | {:.4} s |",
        seconds.get(times / 2).unwrap()
    );
}

fn fill(workspace: &std::path::Path, runs: usize) {
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
                if run % 17 == 0 {
                    row.status = Status::Failed;
                }
            },
            |record| {
                record.val = Some(predictions(loss, salt + 100));
                record.curve = (1..=50)
                    .map(|epoch| xp_report::record::CurvePoint {
                        step: Some(epoch),
                        epoch: f64::from(epoch),
                        train_loss: 0.4 + 0.3 / f64::from(epoch).sqrt(),
                        val_loss: 0.55 + 0.1 / f64::from(epoch) + 0.001 * f64::from(epoch),
                        ..Default::default()
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
                        })
                        .collect();
                }
            },
        );
    }
}
