//! How long a run will take and what energy it needs, told before it starts, with what the numbers rest on: earlier runs of the log, a few
//! steps on this machine, or rates on paper. It takes a tenth of a second.

use std::time::Instant;

use tch::Device;
use xp_host::{
    power,
    resources::{Finding, Severity},
};
use xp_report::log::{LogRow, Status};
use xp_spec::{
    architecture::Architecture, cost::forward_flops, count::count_parameters,
    experiment::Run as Kind, files::Workspace, hyper::Hyperparameters, split::regions,
};

use crate::{
    model::PatchTst,
    preflight::{Largest, device_name},
    rng::Stream,
    run::Run,
    train::{EpochReport, Flow, Hooks, Region, Windows, fit},
};

/// A step that would take longer on paper is not tried, seconds.
const STEP_AT_MOST: f64 = 0.05;
/// Steps are measured for about so long.
const MEASURED_SECONDS: f64 = 0.05;
/// Steps that are measured at most, where they are very short.
const MOST_STEPS: usize = 64;
/// Encoder layers that are measured at most.
const LAYERS: u32 = 2;
/// Parameter counts this near are of one speed.
const ALIKE: f64 = 0.1;
/// Share of an earlier run's throughput below which a few steps say that the machine is not what it was (F45): they are few, and another
/// batch size alone makes a fifth.
const SLOWED: f64 = 1.0 / 3.0;

/// Training samples per second, and how they are known.
struct Rate {
    samples_per_second: f64,
    basis: String,
    /// Power while steps were measured, and what measured it.
    power: Option<(f64, &'static str)>,
}

/// The line of pre-flight; a warning where nothing can be told.
pub(crate) fn finding(run: &Run, largest: Option<&Largest>, rows: &[LogRow]) -> Finding {
    let told = largest.zip(samples(run)).and_then(|(largest, samples)| {
        let (earlier, now) = (earlier(run, largest, rows), measured(run, largest));
        let slow = earlier.as_ref().zip(now.as_ref()).and_then(slowed);
        // What a slow machine does now is nearer to what will come than what it did once.
        let power = now.as_ref().and_then(|now| now.power);
        let known = match earlier {
            Some(earlier) if slow.is_none() => Some(Rate { power, ..earlier }),
            _ => now,
        };
        let rate = known.or_else(|| on_paper(run, largest))?;
        Some((text(run, &rate, samples), slow))
    });
    match told {
        Some((text, None)) => Finding::new(Severity::Good, "expected", text),
        Some((text, Some(slow))) => {
            Finding::new(Severity::Warning, "expected", format!("{text}; {slow}"))
        }
        None => Finding::new(
            Severity::Warning,
            "expected",
            "unknown: there is no shape or no data yet",
        ),
    }
}

/// What is said where the machine is far slower than in an earlier run.
fn slowed((earlier, now): (&Rate, &Rate)) -> Option<String> {
    (now.samples_per_second < SLOWED * earlier.samples_per_second).then(|| {
        format!(
            "slow: {:.0} samples/s {}; is another program on this machine's cores, or are they throttled?",
            earlier.samples_per_second, earlier.basis
        )
    })
}

/// Samples that are trained on at most, a validated one as a third of it: a step costs three forward passes.
fn samples(run: &Run) -> Option<f64> {
    let (train, val) = region_sizes(&run.workspace, run)?;
    let epochs = match run.resolved() {
        Ok(Some(resolved)) => u64::from(resolved.hyper.epochs),
        _ => run.experiment.most_epochs()?,
    };
    let epochs = run
        .arguments
        .max_epochs
        .map_or(epochs, |most| epochs.min(u64::from(most)));
    // Of an optimizer step.
    let batch = match run.resolved() {
        Ok(Some(resolved)) => u64::from(resolved.hyper.batch_size),
        _ => {
            run.experiment.largest_batch()? * u64::from(run.experiment.training.accumulation.max(1))
        }
    };
    let trained = epochs as f64 * train;
    let trained = match run.arguments.max_steps {
        Some(steps) => trained.min(steps as f64 * batch as f64),
        None => trained,
    };
    let validated = (trained / train).ceil() * val;
    Some(run.experiment.trainings() as f64 * (trained + validated / 3.0))
}

fn region_sizes(workspace: &Workspace, run: &Run) -> Option<(f64, f64)> {
    let manifest = workspace.manifest().ok()?;
    let entry = manifest.processed.get(&run.experiment.data.name)?;
    let lock = workspace.lock(&entry.lock).ok()?;
    let spine = workspace.spine(&lock).ok()?;
    let regions = regions(&spine, &run.experiment.labelling());
    Some((
        regions.train.samples.len() as f64,
        regions.val.samples.len() as f64,
    ))
}

/// The newest success of a model of this size on this device with as many threads.
fn earlier(run: &Run, largest: &Largest, rows: &[LogRow]) -> Option<Rate> {
    let device = device_name(run.device);
    let threads = u32::try_from(tch::get_num_threads()).ok();
    let alike = |row: &&LogRow| {
        let near = row
            .param_count
            .is_some_and(|count| (count as f64 / largest.count as f64 - 1.0).abs() <= ALIKE);
        // A few steps are mostly their beginning.
        let short = row
            .overrides
            .as_ref()
            .is_some_and(|overrides| overrides.contains("\"max_steps\""));
        row.status == Status::Success
            && !short
            && row.device.as_ref() == Some(&device)
            && row.threads == threads
            && row.n_features == Some(run.experiment.features.len() as u64)
            && near
    };
    let row = rows.iter().rev().find(alike)?;
    Some(Rate {
        samples_per_second: row.samples_per_second.filter(|rate| *rate > 0.0)?,
        basis: format!("as in run {}", row.run_id),
        power: None,
    })
}

/// A few steps of the training itself, on batches of noise and few layers, where they are short. Time is taken to grow with the
/// operations, as it does with the number of layers.
fn measured(run: &Run, largest: &Largest) -> Option<Rate> {
    let input = run.experiment.input();
    let shape = Architecture {
        n_layers: largest.shape.n_layers.min(LAYERS),
        ..largest.shape
    };
    let flops = |shape: &Architecture| 3.0 * forward_flops(shape, &input);
    let count = count_parameters(&shape, &input)?.total();
    let way = |shape, count| run.execution(shape, count, largest.batch);
    if run.device != Device::Cpu
        || flops(&shape) * largest.batch as f64 / paper_flops(run)? > STEP_AT_MOST
        || way(&shape, count) != way(&largest.shape, largest.count)
    {
        return None;
    }
    let (batch, context) = (usize::try_from(largest.batch).ok()?, input.context as usize);
    let features = input.n_features as usize;
    let noise = Stream::new(0, &[]);
    let values: Vec<f32> = (0..(batch + context) * features)
        .map(|position| noise.uniform(position as u64) as f32)
        .collect();
    let windows = Windows::new(&values, features, input.context, run.device).ok()?;
    let region = |samples: usize| Region {
        rows: (0..samples)
            .map(|sample| (sample % batch + context) as i64 - 1)
            .collect(),
        labels: (0..samples).map(|sample| (sample % 2) as f32).collect(),
    };
    let parts = run.experiment.training.accumulation.max(1);
    let mut config = run.fit_config(
        Hyperparameters {
            architecture: shape,
            learning_rate: 1e-4,
            weight_decay: 0.0,
            dropout: 0.1,
            head_dropout: 0.0,
            warmup_steps: 0,
            epochs: 1,
            batch_size: u32::try_from(largest.batch).ok()?.checked_mul(parts)?,
            clip_norm: 1.0,
        },
        0,
    );
    config.max_steps = None;
    let model = PatchTst::new(shape, input, 0, run.device).ok()??;
    let meter = power::Meter::start();
    let mut stopwatch = Stopwatch::default();
    // It ends by the stopwatch: what the training says of that is nothing new.
    let _ = fit(
        model,
        &windows,
        &region(batch * MOST_STEPS),
        &region(2),
        &config,
        &mut stopwatch,
    );
    let (steps, seconds) = stopwatch.taken()?;
    let of_step = batch * parts as usize;
    let of_shape = f64::from(steps) * of_step as f64 / seconds;
    Some(Rate {
        samples_per_second: of_shape * flops(&shape) / flops(&largest.shape),
        basis: format!(
            "{steps} steps of {of_step} samples and {} layers were measured",
            shape.n_layers
        ),
        power: meter.watts(),
    })
}

/// Takes the time from the second step on: the first one allocates.
#[derive(Default)]
struct Stopwatch {
    laps: Vec<Instant>,
}

impl Stopwatch {
    /// Steps after the first, and their seconds.
    fn taken(&self) -> Option<(u32, f64)> {
        let (second, last) = (self.laps.get(1)?, self.laps.last()?);
        let steps = u32::try_from(self.laps.len() - 2)
            .ok()
            .filter(|steps| *steps > 0)?;
        Some((steps, last.duration_since(*second).as_secs_f64()))
    }
}

impl Hooks for Stopwatch {
    fn before_batch(&mut self, _epoch: u32, _batch: u32, _batches: u32) -> Flow {
        self.laps.push(Instant::now());
        match self.taken() {
            Some((_, seconds)) if seconds > MEASURED_SECONDS => Flow::Stop("measured"),
            _ => Flow::Go,
        }
    }

    fn after_epoch(&mut self, _report: &EpochReport) -> Flow {
        Flow::Go
    }
}

fn on_paper(run: &Run, largest: &Largest) -> Option<Rate> {
    let flops = paper_flops(run)?;
    let of_sample = 3.0 * forward_flops(&largest.shape, &run.experiment.input());
    Some(Rate {
        samples_per_second: flops / of_sample,
        basis: format!(
            "on paper, {:.0} GFLOP/s by configs/devices.yaml",
            flops / 1e9
        ),
        power: None,
    })
}

/// Sustained floating-point operations per second of the run's device.
fn paper_flops(run: &Run) -> Option<f64> {
    let rates = run.workspace.devices().ok()?.devices;
    Some(match run.device {
        Device::Cpu => {
            let threads = f64::from(tch::get_num_threads().max(1));
            1e9 * rates.cpu.gflops_per_core * threads
        }
        _ => 1e9 * rates.h200.gflops,
    })
}

fn text(run: &Run, rate: &Rate, samples: f64) -> String {
    let jobs = run.workers.jobs as f64;
    let mut seconds = samples / rate.samples_per_second / jobs;
    let mut bound = "";
    if let Kind::Hpo(hpo) = &run.experiment.run {
        let most = hpo.timeout_seconds as f64;
        bound = "at most ";
        if seconds > most {
            seconds = most;
            bound = "the timeout of ";
        }
    }
    // Measured with one job.
    let energy = match rate.power.filter(|_| run.workers.jobs == 1) {
        Some((watts, source)) => format!(
            "about {:.2} kWh at {watts:.0} W ({source})",
            watts * seconds / 3.6e6
        ),
        None => "energy unknown".to_owned(),
    };
    format!(
        "{bound}{}, at {:.0} samples/s{} ({}); {energy}",
        duration(seconds),
        rate.samples_per_second,
        if jobs > 1.0 { " of each job" } else { "" },
        rate.basis
    )
}

/// A duration as people say it.
fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 90.0 => format!("{s:.0} s"),
        s if s < 90.0 * 60.0 => format!("{:.0} min", s / 60.0),
        s if s < 72.0 * 3600.0 => format!("{:.1} h", s / 3600.0),
        s => format!("{:.0} days", s / 86_400.0),
    }
}

#[cfg(test)]
mod tests {
    use super::{Rate, duration, slowed};

    #[test]
    fn a_machine_slower_than_it_was_is_told() {
        let rate = |samples_per_second, basis: &str| Rate {
            samples_per_second,
            basis: basis.to_owned(),
            power: None,
        };
        let earlier = rate(1200.0, "as in run 7");
        // Twelve times slower, as in F45; another batch size or a short measurement is not it.
        let said = slowed((&earlier, &rate(100.0, ""))).unwrap_or_default();
        assert!(
            said.starts_with("slow: 1200 samples/s as in run 7; "),
            "{said}"
        );
        assert_eq!(slowed((&earlier, &rate(500.0, ""))), None);
    }

    #[test]
    fn durations_are_said_as_people_say_them() {
        for (seconds, said) in [
            (0.4, "0 s"),
            (89.0, "89 s"),
            (600.0, "10 min"),
            (5400.0, "1.5 h"),
            (3.0e6, "35 days"),
        ] {
            assert_eq!(duration(seconds), said);
        }
    }
}
