//! Pre-flight: what can only be known on the machine, in one table, before compute is spent.

mod data;
mod expected;
mod history;

use std::{
    thread,
    time::{Duration, Instant},
};

use tch::{Cuda, Device};
use xp_host::{
    interrupt,
    resources::{
        Finding, Severity, bytes, free_device_memory, free_disk, free_memory, table, writable,
    },
    thermal::{Action, Monitor, State, from_environment},
};
use xp_report::log::{LogError, LogRow};
use xp_spec::{
    architecture::Architecture,
    cost::memory_bytes,
    count::{count_parameters, group},
    execution::{Execution, check_accumulation, not_by_hand},
    experiment::Run as Kind,
    machine::DeviceChoice,
};

use crate::{
    borrowed::{self, Resolved},
    error::RunError,
    guard::{BLIND_FOR, LOST_IN_PAUSE, thresholds},
    run::Run,
};

/// How often the temperature is read while a machine cools.
const COOLING: Duration = Duration::from_millis(500);

/// Bytes kept free beside what a run writes.
const DISK_RESERVE: u64 = 200 << 20;

/// The device that the command line, or else the experiment, asks for; or why it is not there.
pub(crate) fn device(said: Option<&str>, declared: DeviceChoice) -> Result<Device, String> {
    let wanted = match said {
        Some("cpu") => DeviceChoice::Cpu,
        Some(_) => DeviceChoice::Cuda,
        None => declared,
    };
    match wanted {
        DeviceChoice::Cpu => Ok(Device::Cpu),
        DeviceChoice::Cuda if !Cuda::is_available() => Err(
            "no CUDA device: this libtorch or this machine has none; use --device cpu, or `cargo xp setup --cuda`".to_owned(),
        ),
        DeviceChoice::Auto | DeviceChoice::Cuda => Ok(Device::cuda_if_available()),
    }
}

/// Its name in the log.
pub(crate) fn device_name(device: Device) -> String {
    match device {
        Device::Cuda(index) => format!("cuda:{index}"),
        _ => "cpu".to_owned(),
    }
}

/// Looks at everything and shows it; an error ends the run before it begins.
pub(crate) fn check(run: &Run) -> Result<(), RunError> {
    let monitor = Monitor::start(
        from_environment(),
        thresholds(&run.experiment.thermal),
        COOLING,
    );
    let resolved = run.resolved();
    let largest = match resolved {
        Ok(resolved) => largest(run, resolved),
        Err(_) => None,
    };
    let rows = xp_report::log::read(&run.workspace.root().join(xp_report::LOG));
    let mut findings = data::findings(run);
    findings.extend([
        log(run, &rows),
        disk(run, largest.as_ref()),
        memory(run, largest.as_ref()),
    ]);
    let (temperature, critical) = temperature(run, &monitor);
    findings.push(temperature);
    findings.push(match &run.device_found {
        Err(why) => Finding::new(Severity::Error, "device", why.clone()),
        Ok(()) => {
            let jobs = match run.workers.jobs {
                1 => String::new(),
                jobs => format!("{jobs} jobs, each of "),
            };
            let (device, threads) = (device_name(run.device), tch::get_num_threads());
            Finding::new(
                Severity::Good,
                "device",
                format!("{device}, {jobs}{threads} threads"),
            )
        }
    });
    findings.extend(borrowed::borrowed_findings(run));
    // A log that cannot be read is told as such.
    let rows = rows.as_deref().unwrap_or_default();
    findings.extend(history::findings(run, rows));
    let is_good = |finding: &Finding| finding.severity != Severity::Error;
    if resolved.is_ok() && findings.iter().all(is_good) {
        findings.push(expected::finding(run, largest.as_ref(), rows));
    }
    // What is wrong with a search that is borrowed from is said of that search.
    let said =
        |finding: &Finding| finding.subject == "borrowed" && finding.severity == Severity::Error;
    if let Err(error) = &resolved
        && !findings.iter().any(said)
    {
        findings.push(Finding::new(Severity::Error, "params", error.to_string()));
    }
    for (finding, line) in findings.iter().zip(table(&findings).lines()) {
        match finding.severity {
            Severity::Good => run.output.say(line),
            Severity::Warning | Severity::Error => run.output.found(line),
        }
    }
    let errors: Vec<_> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| format!("{}: {}", finding.subject, finding.text))
        .collect();
    run.heat_before(monitor.highest(), Duration::ZERO);
    if !errors.is_empty() {
        let message = format!("pre-flight refused: {}", errors.join("; "));
        // Heat alone is no failure of the experiment: it has its own exit code.
        return Err(if critical && errors.len() == 1 {
            RunError::Thermal(message)
        } else {
            RunError::Failed(message)
        });
    }
    resolved?;
    if run.arguments.dry_run {
        return Ok(());
    }
    let waits = monitor.action() != Action::Go;
    let waiting = Instant::now();
    let cooled = cool_down(run, &monitor);
    if waits {
        run.heat_before(monitor.highest(), waiting.elapsed());
    }
    cooled
}

/// The log must take a row before hours are spent on one, and so must records and the report.
fn log(run: &Run, rows: &Result<Vec<LogRow>, LogError>) -> Finding {
    let root = run.workspace.root();
    let refused: Vec<String> = [
        xp_report::LOG,
        "outputs/runs/x.json",
        xp_report::REPORT,
        "docs/figures/x.svg",
    ]
    .into_iter()
    .filter_map(|path| writable(&root.join(path)).err())
    .collect();
    match rows {
        Err(error) => Finding::new(Severity::Error, "log", error.to_string()),
        Ok(_) if !refused.is_empty() => Finding::new(
            Severity::Error,
            "log",
            format!(
                "{}; give yourself the right to write there",
                refused.join("; ")
            ),
        ),
        Ok(rows) => Finding::new(Severity::Good, "log", format!("{} rows", rows.len())),
    }
}

/// What the largest training of a run builds.
pub(crate) struct Largest {
    pub(crate) shape: Architecture,
    pub(crate) count: u64,
    pub(crate) batch: u64,
}

fn largest(run: &Run, resolved: Option<&Resolved>) -> Option<Largest> {
    let experiment = &run.experiment;
    let Some(Resolved { hyper, .. }) = resolved else {
        let (shape, count) = experiment.largest_shape()?;
        let batch = experiment.largest_batch()?;
        return Some(Largest {
            shape,
            count,
            batch,
        });
    };
    let parts = experiment.training.accumulation.max(1);
    Some(Largest {
        shape: hyper.architecture,
        count: count_parameters(&hyper.architecture, &experiment.input())?.total(),
        batch: u64::from(hyper.batch_size.div_ceil(parts)),
    })
}

fn disk(run: &Run, largest: Option<&Largest>) -> Finding {
    // Weights of each seed, a study and logs; and a checkpoint (weights, two moments, best weights) of each job, the next beside the last.
    let files = match &run.experiment.run {
        Kind::Train(train) => train.seeds.len() as u64,
        Kind::Hpo(_) => 0,
    };
    let checkpoints = 8 * run.workers.jobs as u64;
    let needed = largest.map_or(0, |largest| {
        (4 * largest.count).saturating_mul(files + checkpoints)
    }) + DISK_RESERVE;
    // Outputs may lie on a disk of their own.
    let folder = run.folder();
    let there = folder
        .ancestors()
        .find(|folder| folder.exists())
        .unwrap_or(run.workspace.root());
    match free_disk(there) {
        Some(free) if free < needed => Finding::new(
            Severity::Error,
            "disk",
            format!(
                "{} free, {} needed; make room on the disk of {}",
                bytes(free),
                bytes(needed),
                there.display()
            ),
        ),
        Some(free) => Finding::new(
            Severity::Good,
            "disk",
            format!("{} free, {} needed", bytes(free), bytes(needed)),
        ),
        None => Finding::new(
            Severity::Warning,
            "disk",
            "free space is unknown".to_owned(),
        ),
    }
}

/// Bytes that the largest training of a run holds; absent where they are the device's, or no shape is known.
pub(crate) fn memory_estimate(run: &Run) -> Option<u64> {
    let resolved = run.resolved().ok()?;
    let largest = largest(run, resolved).filter(|_| run.device == Device::Cpu)?;
    let Largest {
        shape,
        count,
        batch,
    } = largest;
    let execution = run.execution(&shape, count, batch);
    Some(memory_bytes(
        &shape,
        &run.experiment.input(),
        count,
        batch,
        run.workers.threads,
        (execution, run.experiment.training.loss),
    ))
}

fn memory(run: &Run, largest: Option<&Largest>) -> Finding {
    let Some(&Largest {
        shape,
        count,
        batch,
    }) = largest
    else {
        return Finding::new(
            Severity::Warning,
            "memory",
            "unknown: there is no shape yet".to_owned(),
        );
    };
    let execution = run.execution(&shape, count, batch);
    let input = run.experiment.input();
    let way = (execution, run.experiment.training.loss);
    let needed = memory_bytes(&shape, &input, count, batch, run.workers.threads, way);
    let why = match not_by_hand(
        &input,
        count,
        run.experiment.training.precision,
        run.device == Device::Cpu,
    ) {
        Some(why) if execution == Execution::Whole => format!(" ({why})"),
        _ => String::new(),
    };
    let what = format!(
        "about {} for {} parameters ({shape}), {}{why}",
        bytes(needed),
        group(count),
        execution.text()
    );
    if let Err(error) = check_accumulation(execution, run.experiment.training.accumulation) {
        return Finding::new(
            Severity::Error,
            "memory",
            format!("{what}: {error}; leave it out, or use a smaller batch_size"),
        );
    }
    if matches!(run.device, Device::Cuda(_)) {
        return match free_device_memory() {
            Some(free) if free < needed => Finding::new(
                Severity::Error,
                "memory",
                format!(
                    "{what} on the device, {} free there; use a smaller budget or batch_size, or --device cpu",
                    bytes(free)
                ),
            ),
            Some(free) => Finding::new(
                Severity::Good,
                "memory",
                format!("{what} on the device, {} free there", bytes(free)),
            ),
            None => Finding::new(
                Severity::Warning,
                "memory",
                format!("{what} on the device, whose free memory is unknown"),
            ),
        };
    }
    let jobs = run.workers.jobs;
    let what = match jobs {
        1 => what,
        _ => format!("{what}, {jobs} at a time"),
    };
    match free_memory() {
        Some(free) if free < needed.saturating_mul(jobs as u64) => Finding::new(
            Severity::Error,
            "memory",
            format!(
                "{what}, {} free; use {}a smaller budget or batch_size, a GPU, or a machine with more memory",
                bytes(free),
                if jobs > 1 { "fewer --jobs, " } else { "" }
            ),
        ),
        Some(free) => Finding::new(
            Severity::Good,
            "memory",
            format!("{what}, {} free", bytes(free)),
        ),
        None => Finding::new(
            Severity::Warning,
            "memory",
            format!("{what}; free memory is unknown"),
        ),
    }
}

/// The finding, and whether it is CRITICAL heat.
fn temperature(run: &Run, monitor: &Monitor) -> (Finding, bool) {
    let celsius = monitor.celsius();
    let limits = &run.experiment.thermal;
    let state = monitor.state();
    let name = match monitor.doubt() {
        None => monitor.name().to_owned(),
        Some(doubt) => format!("{}: {doubt}", monitor.name()),
    };
    let reading = celsius.map_or_else(String::new, |celsius| format!("{celsius:.0} °C, "));
    let text = format!("{reading}{state} ({name})");
    let finding = match state {
        State::Unknown if limits.required => Finding::new(
            Severity::Error,
            "temperature",
            format!(
                "{text}: `thermal: required` refuses to run blind; name a file with °C in XP_THERMAL_FILE, or drop the rule"
            ),
        ),
        State::Unknown => Finding::new(
            Severity::Warning,
            "temperature",
            format!(
                "UNKNOWN ({name}): the thermal guard cannot protect this machine; `thermal: required` would refuse"
            ),
        ),
        State::Critical => Finding::new(
            Severity::Error,
            "temperature",
            format!(
                "{text}: above {} °C; let the machine cool first",
                limits.abort_above
            ),
        ),
        State::Warning => Finding::new(
            Severity::Warning,
            "temperature",
            format!("{text}: waiting until below {} °C", limits.resume_below),
        ),
        State::Normal | State::Acceptable => Finding::new(Severity::Good, "temperature", text),
    };
    (finding, state == State::Critical)
}

/// Waits in WARNING until it is cool enough to resume.
fn cool_down(run: &Run, monitor: &Monitor) -> Result<(), RunError> {
    let limits = &run.experiment.thermal;
    let mut lost: Option<Instant> = None;
    loop {
        lost = monitor.doubt().map(|_| lost.unwrap_or_else(Instant::now));
        if interrupt::requested() {
            return Err(RunError::Interrupted(
                "interrupted before anything was computed".to_owned(),
            ));
        }
        match monitor.action() {
            Action::Go => return Ok(()),
            Action::Abort => {
                return Err(RunError::Thermal(format!(
                    "it became hotter than {} °C while waiting; let the machine cool first",
                    limits.abort_above
                )));
            }
            Action::Pause if lost.is_some_and(|since| since.elapsed() >= BLIND_FOR) => {
                return Err(RunError::Thermal(format!("not started: {LOST_IN_PAUSE}")));
            }
            Action::Pause => {
                run.output.live(&format!(
                    "waiting for the machine to cool below {} °C",
                    limits.resume_below
                ));
                thread::sleep(COOLING);
            }
        }
    }
}
