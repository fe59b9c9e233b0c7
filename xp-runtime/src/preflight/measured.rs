//! How fast a training is: a few steps and evaluations on this machine, on batches of noise. It takes a few tenths of a second.

use std::time::Instant;

use tch::Device;
use xp_clock::Clock;
use xp_engine::{
    model::PatchTst,
    rng::Stream,
    train::{Evaluation, Flow, Hooks, Region, TrainingData, Windows, fit, predict},
};
use xp_host::power;
use xp_spec::{
    architecture::Architecture, cost::evaluated_at_once, count::count_parameters,
    evaluate::Evaluate, flops::training_flops, hyper::Hyperparameters,
};

use super::{
    largest::Largest,
    rate::{Rate, device_flops},
};
use crate::context::Context;

/// A step that is estimated to take longer is not tried, seconds.
const STEP_AT_MOST: f64 = 0.05;
/// Steps are measured for about so long.
const MEASURED_SECONDS: f64 = 0.05;
/// Steps that are measured at most, where they are very short.
const MOST_STEPS: usize = 64;
/// Encoder layers that are measured at most.
const LAYERS: u32 = 2;

/// A few steps of the training itself, on batches of noise and few layers, where they are short. Time is taken to grow with the
/// operations, as it does with the number of layers.
pub(super) fn measured(context: &Context, largest: &Largest) -> Option<Rate> {
    let input = context.experiment.input();
    let shape = Architecture {
        n_layers: largest.shape.n_layers.min(LAYERS),
        ..largest.shape
    };
    let flops = |shape: &Architecture| training_flops(shape, &input);
    let count = count_parameters(&shape, &input)?.total();
    let mode = |shape, count| context.execution(shape, count, largest.batch);
    if context.device != Device::Cpu
        || flops(&shape) * largest.batch as f64 / device_flops(context)? > STEP_AT_MOST
        || mode(&shape, count) != mode(&largest.shape, largest.count)
    {
        return None;
    }
    let (batch, bars) = (usize::try_from(largest.batch).ok()?, input.context as usize);
    let features = input.n_features as usize;
    let noise = Stream::new(0, &[]);
    let values: Vec<f32> = (0..(batch + bars) * features)
        .map(|position| noise.uniform(position as u64) as f32)
        .collect();
    let mut windows = Windows::new(&values, features, input.context, context.device).ok()?;
    if input.normalisation.level_inputs() > 0 {
        let levels = vec![0.0; 2 * values.len()];
        windows = windows.with_levels(&levels).ok()?;
    }
    let region = |samples: usize| Region {
        rows: (0..samples)
            .map(|sample| (sample % batch + bars) as i64 - 1)
            .collect(),
        labels: (0..samples).map(|sample| (sample % 2) as f32).collect(),
    };
    let parts = context.experiment.training.accumulation.max(1);
    let mut config = context.fit_config(
        Hyperparameters {
            architecture: shape,
            learning_rate: 1e-4,
            weight_decay: 0.0,
            dropout: 0.1,
            head_dropout: 0.0,
            warmup: 0.0,
            steps: MOST_STEPS as u32,
            batch_size: u32::try_from(largest.batch).ok()?.checked_mul(parts)?,
            clip_norm: 1.0,
        },
        0,
    );
    config.max_steps = None;
    // It is stopped before.
    config.training.evaluate = Evaluate::Every(MOST_STEPS as u32);
    let model = PatchTst::new(shape, input, 0, context.device).ok()??;
    let meter = power::Meter::start(&context.clock);
    let mut stopwatch = Stopwatch::new(&context.clock);
    // The stopwatch ends it: its result is not used.
    let _ = fit(
        model,
        &TrainingData {
            windows: &windows,
            train: &region(batch * MOST_STEPS),
            val: &region(2),
        },
        &config,
        &context.clock,
        &mut stopwatch,
    );
    let power = meter.watts();
    let (steps, seconds) = stopwatch.taken()?;
    let of_step = batch * parts as usize;
    let of_shape = f64::from(steps) * of_step as f64 / seconds;
    let model = PatchTst::new(shape, input, 0, context.device).ok()??;
    let validated = validated_per_second(
        &context.clock,
        &model,
        &windows,
        &region(evaluated_at_once(&input) as usize),
    )?;
    Some(Rate {
        samples_per_second: of_shape * flops(&shape) / flops(&largest.shape),
        basis: format!(
            "{steps} steps of {of_step} samples and evaluations with {} layers were measured",
            shape.n_layers
        ),
        validated: validated / of_shape,
        power,
    })
}

/// Samples of a region that are validated in a second. The first time allocates, and is not measured.
fn validated_per_second(
    clock: &Clock,
    model: &PatchTst,
    windows: &Windows,
    region: &Region,
) -> Option<f64> {
    predict(model, windows, region).ok()?;
    let started = clock.now();
    let (mut samples, mut seconds) = (0, 0.0);
    while seconds < MEASURED_SECONDS && samples < MOST_STEPS * region.rows.len() {
        predict(model, windows, region).ok()?;
        samples += region.rows.len();
        seconds = clock.since(started).as_secs_f64();
    }
    (seconds > 0.0).then(|| samples as f64 / seconds)
}

/// Takes the time from the second step on: the first one allocates.
struct Stopwatch {
    clock: Clock,
    laps: Vec<Instant>,
}

impl Stopwatch {
    fn new(clock: &Clock) -> Self {
        Self {
            clock: clock.clone(),
            laps: Vec::new(),
        }
    }

    /// Steps after the first, and their seconds.
    fn taken(&self) -> Option<(u32, f64)> {
        let (second, last) = (self.laps.get(1)?, self.laps.last()?);
        let steps = u32::try_from(self.laps.len() - 2)
            .ok()
            .filter(|steps| *steps > 0)?;
        let seconds = last.duration_since(*second).as_secs_f64();
        (seconds > 0.0).then_some((steps, seconds))
    }
}

impl Hooks for Stopwatch {
    fn before_step(&mut self, _step: u32, _epoch: f64) -> Flow {
        self.laps.push(self.clock.now());
        match self.taken() {
            Some((_, seconds)) if seconds > MEASURED_SECONDS => Flow::Stop("measured"),
            _ => Flow::Continue,
        }
    }

    fn after_evaluation(&mut self, _evaluation: &Evaluation) -> Flow {
        Flow::Continue
    }
}
