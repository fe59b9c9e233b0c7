//! Do compact moments train as well? The 2M model on the shipped data, +1 % task, layer by layer, with full and with compact moments
//! and the same seeds: `cargo build -p experiments -p xp-runtime --example moments`, then `target/debug/examples/moments EPOCHS RATE
//! SEED…` with the peak of the learning rate. Its table is in docs/measurements.md.

use std::error::Error;

use tch::Device;
use xp_clock::Clock;
use xp_engine::{
    model::PatchTst,
    train::{Evaluation, FitConfig, Flow, Hooks, Region, TrainingData, Windows, fit},
};
use xp_spec::{
    architecture::{Architecture, Channels, InputShape, Normalisation},
    epoch::steps_of_epoch,
    execution::{Execution, Moments},
    files::Workspace,
    hyper::Hyperparameters,
    split::{Labelling, Region as Samples, Split, regions},
    task::{Horizon, LabelPrice, Task},
    timescale::Timescale,
    training::{Evaluate, Loss, Objective, Precision, Schedule, Training},
};

/// Samples of a step.
const BATCH: u32 = 32;

struct Quiet;

impl Hooks for Quiet {
    fn before_step(&mut self, _: u32, _: f64) -> Flow {
        Flow::Continue
    }

    fn after_evaluation(&mut self, _: &Evaluation) -> Flow {
        Flow::Continue
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("EPOCHS RATE SEED… are missing");
    let (epochs, rate): (u32, f64) = (next()?.parse()?, next()?.parse()?);
    let seeds: Vec<u64> = arguments
        .map(|text| text.parse())
        .collect::<Result<_, _>>()?;
    tch::set_num_threads(1);
    let workspace = Workspace::find(env!("CARGO_MANIFEST_DIR").as_ref())
        .ok_or("there is no data/manifest.yaml above")?;
    xp_data::build::ensure_processed(&workspace, "nasdaq_daily", &mut |_| {}, &mut |_, _| {})?;
    let entry = xp_data::verify::verify(
        &workspace,
        "nasdaq_daily",
        xp_data::Hashing::Full,
        &Clock::system(),
    )?;
    let lock = workspace.lock(&entry.lock)?;
    let features = xp_data::features::registry().into_iter();
    let names: Vec<String> = features
        .filter(|feature| feature.tier == Some(20))
        .map(|feature| feature.name)
        .collect();
    let table = xp_data::load::load(&workspace, &entry, &names)?;
    let regions = regions(
        &*workspace.spine(&lock)?,
        &Labelling {
            task: Task::Pct1,
            price: LabelPrice::High,
            horizon: Horizon::new(5).ok_or("5 is no horizon")?,
            timescale: Timescale::Daily,
            context: 80,
            split: Split {
                val: "2007-01-01".parse()?,
                test: "2010-01-01".parse()?,
                embargo: 0,
                train: Default::default(),
            },
        },
    );
    let windows = Windows::new(&table.values, names.len(), 80, Device::Cpu)?;
    let (train, val) = (region(&regions.train), region(&regions.val));
    println!("| seed | moments | best val log-loss | best epoch | AUC there | last train loss |");
    println!("|---|---|---|---|---|---|");
    for seed in seeds {
        for moments in [Moments::Full, Moments::Compact] {
            let config = config((epochs, train.len() as u64, rate), seed, moments);
            let model = PatchTst::new(config.hyper.architecture, input(), seed, Device::Cpu)?
                .ok_or("no patch fits the context")?;
            let fitted = fit(
                model,
                &TrainingData {
                    windows: &windows,
                    train: &train,
                    val: &val,
                },
                &config,
                &Clock::manual(),
                &mut Quiet,
            )?;
            let best = fitted.selected().ok_or("there was no evaluation")?;
            println!(
                "| {seed} | {moments:?} | {:.4} | {} | {:.4} | {:.4} |",
                best.val_loss,
                best.epoch,
                best.val_auc.unwrap_or(f64::NAN),
                fitted.curve.last().map_or(f64::NAN, |last| last.train_loss)
            );
        }
    }
    Ok(())
}

fn input() -> InputShape {
    InputShape {
        n_features: 20,
        context: 80,
        patch: 10,
        stride: 10,
        channels: Channels::Mixed,
        normalisation: Normalisation::Revin,
    }
}

fn config(
    (epochs, samples, learning_rate): (u32, u64, f64),
    seed: u64,
    moments: Moments,
) -> FitConfig {
    let steps = epochs * steps_of_epoch(samples, BATCH);
    FitConfig {
        hyper: Hyperparameters {
            architecture: Architecture {
                d_model: 192,
                n_layers: 4,
                n_heads: 6,
                d_ff: 768,
            },
            learning_rate,
            weight_decay: 1e-3,
            dropout: 0.2,
            head_dropout: 0.0,
            warmup: 100.0 / f64::from(steps),
            steps,
            batch_size: BATCH,
            clip_norm: 1.0,
        },
        training: Training {
            loss: Loss::Bce,
            objective: Objective::LogLoss,
            schedule: Schedule::Cosine,
            evaluate: Evaluate::EachEpoch,
            patience: epochs,
            min_delta: 0.0,
            accumulation: 1,
            precision: Precision::Fp32,
        },
        seed,
        max_steps: None,
        execution: Execution::Layerwise(moments),
    }
}

fn region(samples: &Samples) -> Region {
    let samples = samples.samples.iter();
    Region {
        rows: samples.clone().map(|sample| sample.row as i64).collect(),
        labels: samples
            .map(|sample| if sample.positive { 1.0 } else { 0.0 })
            .collect(),
    }
}
