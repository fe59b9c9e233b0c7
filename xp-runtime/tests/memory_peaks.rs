//! Memory: peaks against the estimate of pre-flight, and the 2B budget on a machine with 24 GB (F24). Hours of other tests' time, so they
//! run with `XP_LONG_TESTS=1` only; each model trains in a process of its own, whose peak is read from the kernel.
//!
//! `XP_LEAN_BUDGETS` (2M,20M,200M,2B) and `XP_LEAN_STEPS` (50) choose less.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

use std::{fs, process::Command};

use tch::Device;
use xp_clock::Clock;
use xp_engine::{
    model::PatchTst,
    rng::Stream,
    train::{Checkpoint, Evaluation, FitConfig, Flow, Hooks, Region, TrainingData, Windows, fit},
};
use xp_spec::{
    architecture::{Architecture, Channels, InputShape, Normalisation},
    cost::memory_bytes,
    count::count_parameters,
    execution::{Execution, Moments},
    files::Workspace,
    hyper::Hyperparameters,
    training::{Evaluate, Loss, Objective, Precision, Schedule, Training},
};

const DATA: &str = "nasdaq_daily";
const CONTEXT: u32 = 80;
const FEATURES: usize = 20;
const BATCH: u32 = 32;
const GB: f64 = 1e9;

fn long() -> bool {
    let long = std::env::var_os("XP_LONG_TESTS").is_some();
    if !long {
        println!("skipped: set XP_LONG_TESTS=1");
    }
    long
}

fn shape(budget: &str) -> Architecture {
    let (d_model, n_layers, n_heads, d_ff) = match budget {
        "2M" => (192, 4, 6, 768),
        "20M" => (512, 6, 8, 2048),
        "200M" => (1024, 16, 16, 4096),
        _ => (2304, 32, 24, 9216),
    };
    Architecture {
        d_model,
        n_layers,
        n_heads,
        d_ff,
    }
}

fn input() -> InputShape {
    InputShape {
        n_features: FEATURES as u32,
        context: CONTEXT,
        patch: 10,
        stride: 10,
        channels: Channels::Mixed,
        normalisation: Normalisation::Revin,
    }
}

fn execution(name: &str) -> Execution {
    match name {
        "hand" => Execution::Fused,
        "whole" => Execution::Whole,
        "full" => Execution::Layerwise(Moments::Full),
        _ => Execution::Layerwise(Moments::Compact),
    }
}

struct Kept(tempfile::TempDir);

impl Hooks for Kept {
    fn before_step(&mut self, _: u32, _: f64) -> Flow {
        Flow::Continue
    }

    fn after_evaluation(&mut self, _: &Evaluation) -> Flow {
        Flow::Continue
    }

    fn checkpoint(&self) -> Option<Checkpoint> {
        Some(Checkpoint {
            folder: self.0.path().join("seed_1"),
            spec_hash: "00".to_owned(),
        })
    }
}

/// What a child process does: trains and prints its peak and its losses. Without its variable it is no test.
#[test]
fn child() {
    let Ok(task) = std::env::var("XP_LEAN_CHILD") else {
        println!("skipped: a part of the tests beside it");
        return;
    };
    // As an experiment does: what reading a parquet takes is in its peak.
    let workspace = workspace();
    let entry = xp_data::verify::verify(&workspace, DATA, xp_data::Hashing::Full, &Clock::system())
        .unwrap();
    let features: Vec<String> = xp_data::features::registry()
        .into_iter()
        .filter(|feature| feature.tier == Some(20))
        .map(|feature| feature.name)
        .collect();
    let table = xp_data::load::load(&workspace, &entry, &features).unwrap();
    assert_eq!(table.names.len(), FEATURES);
    let words: Vec<&str> = task.split(' ').collect();
    let (budget, steps) = (words[0], words[2].parse::<u32>().unwrap());
    // Five steps an epoch, so that losses are seen on the way.
    let per_epoch = steps.min(5);
    let noise = Stream::new(5, &[]);
    let rows = 80 + i64::from(BATCH * per_epoch) + 64;
    let values: Vec<f32> = (0..rows as u64 * FEATURES as u64)
        .map(|position| noise.normal(position) as f32)
        .collect();
    let region = |rows: std::ops::Range<i64>| Region {
        labels: rows
            .clone()
            .map(|row| row % 3 == 0)
            .map(f32::from)
            .collect(),
        rows: rows.collect(),
    };
    let border = 80 + i64::from(BATCH * per_epoch);
    let windows = Windows::new(&values, FEATURES, CONTEXT, Device::Cpu).unwrap();
    let config = FitConfig {
        hyper: Hyperparameters {
            architecture: shape(budget),
            learning_rate: 1e-4,
            weight_decay: 1e-3,
            dropout: 0.1,
            head_dropout: 0.0,
            warmup: 0.5,
            steps,
            batch_size: BATCH,
            clip_norm: 1.0,
        },
        training: Training {
            loss: Loss::Bce,
            objective: Objective::LogLoss,
            schedule: Schedule::Cosine,
            evaluate: Evaluate::Every(per_epoch),
            patience: 1000,
            min_delta: 0.0,
            accumulation: 1,
            precision: Precision::Fp32,
        },
        seed: 1,
        max_steps: None,
        execution: execution(words[1]),
    };
    let model = PatchTst::new(config.hyper.architecture, input(), 1, Device::Cpu)
        .unwrap()
        .unwrap();
    let mut hooks = Kept(tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap());
    let (train, val) = (region(80..border), region(border..rows));
    let fitted = fit(
        model,
        &TrainingData {
            windows: &windows,
            train: &train,
            val: &val,
        },
        &config,
        &Clock::manual(),
        &mut hooks,
    )
    .unwrap();
    let losses: Vec<String> = fitted
        .curve
        .iter()
        .flat_map(|report| [report.train_loss, report.val_loss])
        .map(|loss| loss.to_string())
        .collect();
    println!("peak {} losses {}", peak(), losses.join(","));
}

/// Most resident memory that this process ever had, bytes.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<u64>()
        .unwrap()
        << 10
}

fn workspace() -> Workspace {
    Workspace::find(env!("CARGO_MANIFEST_DIR").as_ref()).unwrap()
}

/// Peak and losses of a training.
fn train(budget: &str, execution: &str, steps: u32) -> (u64, Vec<f64>) {
    // Built here, so that building is not in the child's peak.
    xp_data::build::ensure_processed(&workspace(), DATA, &mut |_| {}, &mut |_, _| {}).unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["child", "--exact", "--nocapture"])
        .env("XP_LEAN_CHILD", format!("{budget} {execution} {steps}"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let words: Vec<&str> = said.split_whitespace().collect();
    let after = |word: &str| {
        let at = words.iter().position(|found| *found == word);
        at.and_then(|at| words.get(at + 1))
            .unwrap_or_else(|| panic!("{said}{}", String::from_utf8_lossy(&output.stderr)))
    };
    let losses = after("losses").split(',');
    (
        after("peak").parse().unwrap(),
        losses.map(|loss| loss.parse().unwrap()).collect(),
    )
}

fn estimate(budget: &str, name: &str) -> u64 {
    let shape = shape(budget);
    let count = count_parameters(&shape, &input()).unwrap().total();
    memory_bytes(
        &shape,
        &input(),
        count,
        u64::from(BATCH),
        2,
        (execution(name), Loss::Bce),
    )
}

/// The estimate of pre-flight is within 15 % of the measured peak, and 2B trains in less than 20 GB. Of smaller budgets the program itself is a
/// good part: `experiments/tests/memory.rs` measures their experiments.
#[test]
fn peaks_agree_with_the_estimate() {
    if !long() {
        return;
    }
    let budgets = std::env::var("XP_LEAN_BUDGETS").unwrap_or_else(|_| "200M,2B".to_owned());
    println!("| budget | training | estimate | measured | ratio |");
    println!("|---|---|---|---|---|");
    let mut wrong = Vec::new();
    for budget in budgets.split(',') {
        let executions: &[&str] = match budget {
            "2B" => &["compact"],
            "200M" => &["whole", "full"],
            _ => &["hand", "whole", "full"],
        };
        for execution in executions {
            let (peak, _) = train(budget, execution, 2);
            let estimate = estimate(budget, execution);
            let ratio = estimate as f64 / peak as f64;
            println!(
                "| {budget} | {execution} | {:.2} GB | {:.2} GB | {ratio:.2} |",
                estimate as f64 / GB,
                peak as f64 / GB
            );
            if (ratio - 1.0).abs() > 0.15 || peak as f64 > 20.0 * GB {
                wrong.push((budget.to_owned(), *execution, ratio));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// 200M layer by layer gives the losses of all gradients at once.
#[test]
fn layer_by_layer_gives_the_same_losses_at_200m() {
    if !long() {
        return;
    }
    let steps = std::env::var("XP_LEAN_STEPS").map_or(50, |steps| steps.parse().unwrap());
    let (_, whole) = train("200M", "whole", steps);
    let (_, layers) = train("200M", "full", steps);
    println!("{whole:?}\n{layers:?}");
    assert_eq!(whole.len(), layers.len());
    for (a, b) in whole.iter().zip(&layers) {
        assert!((a - b).abs() < 1e-4, "{a} and {b}");
    }
}
