//! Pre-flight: what can only be known on the machine, in one table, before compute is spent.

use std::{thread, time::Duration};

use tch::{Cuda, Device};
use xp_host::{
    interrupt,
    resources::{Finding, Severity, bytes, free_disk, free_memory, table},
    thermal::{Action, Guard, Source, State, classify, from_environment},
};
use xp_spec::{cost::memory_bytes, count::group, machine::DeviceChoice};

use crate::{error::RunError, guard::thresholds, run::Run, training};

/// Bytes kept free beside what a run writes.
const DISK_RESERVE: u64 = 200 << 20;

/// The device that the command line, or else the experiment, asks for.
pub(crate) fn device(said: Option<&str>, declared: DeviceChoice) -> Result<Device, RunError> {
    let wanted = match said {
        Some("cpu") => DeviceChoice::Cpu,
        Some(_) => DeviceChoice::Cuda,
        None => declared,
    };
    match wanted {
        DeviceChoice::Cpu => Ok(Device::Cpu),
        DeviceChoice::Cuda if !Cuda::is_available() => Err(RunError::Failed(
            "no CUDA device: this libtorch or this machine has none; use --device cpu, or `cargo xp setup --cuda`".to_owned(),
        )),
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
    let mut source = from_environment();
    let mut findings = vec![data(run), disk(run), memory(run)];
    findings.extend(temperature(run, source.as_mut()));
    findings.push(Finding::new(
        Severity::Good,
        "device",
        format!(
            "{}, {} threads",
            device_name(run.device),
            tch::get_num_threads()
        ),
    ));
    findings.extend(training::borrowed_findings(run));
    for line in table(&findings).lines() {
        run.output.say(line);
    }
    let errors: Vec<_> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| format!("{}: {}", finding.subject, finding.text))
        .collect();
    if !errors.is_empty() {
        return Err(RunError::Failed(format!(
            "pre-flight refused: {}",
            errors.join("; ")
        )));
    }
    if run.arguments.dry_run {
        return Ok(());
    }
    cool_down(run, source.as_mut())
}

fn data(run: &Run) -> Finding {
    let path = &run.experiment.data.path;
    if !run.workspace.root().join(path).is_file() {
        return Finding::new(
            Severity::Good,
            "data",
            format!("{path} is absent: it will be built from its raw file"),
        );
    }
    match xp_data::verify::verify(&run.workspace, &run.experiment.data.name) {
        Ok(entry) => Finding::new(
            Severity::Good,
            "data",
            format!("{path}, {} rows, md5 {}", entry.rows, entry.md5),
        ),
        Err(error) => Finding::new(Severity::Error, "data", error.to_string()),
    }
}

fn disk(run: &Run) -> Finding {
    // Weights of the best model, a study and logs.
    let weights = run
        .experiment
        .largest_shape()
        .map_or(0, |(_, count)| 4 * count);
    let needed = weights + DISK_RESERVE;
    match free_disk(run.workspace.root()) {
        Some(free) if free < needed => Finding::new(
            Severity::Error,
            "disk",
            format!(
                "{} free, {} needed; make room on the disk of {}",
                bytes(free),
                bytes(needed),
                run.workspace.root().display()
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

fn memory(run: &Run) -> Finding {
    let Some((shape, count)) = run.experiment.largest_shape() else {
        return Finding::new(
            Severity::Good,
            "memory",
            "the shape is borrowed: judged when it is known".to_owned(),
        );
    };
    let batch = run.experiment.largest_batch().unwrap_or(1);
    let needed = memory_bytes(&shape, &run.experiment.input(), count, batch);
    let what = format!(
        "about {} for {} parameters ({shape})",
        bytes(needed),
        group(count)
    );
    if matches!(run.device, Device::Cuda(_)) {
        return Finding::new(Severity::Good, "memory", format!("{what} on the device"));
    }
    match free_memory() {
        Some(free) if free < needed => Finding::new(
            Severity::Error,
            "memory",
            format!(
                "{what}, {} free; use a smaller budget or batch_size, a GPU, or a machine with more memory",
                bytes(free)
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

fn temperature(run: &Run, source: &mut dyn Source) -> Vec<Finding> {
    let celsius = source.read();
    let limits = &run.experiment.thermal;
    let state = classify(celsius, &thresholds(limits));
    let name = source.name();
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
    vec![finding]
}

/// Waits in WARNING until it is cool enough to resume.
fn cool_down(run: &Run, source: &mut dyn Source) -> Result<(), RunError> {
    let limits = &run.experiment.thermal;
    let mut guard = Guard::new(thresholds(limits));
    loop {
        match guard.update(source.read()) {
            Action::Go => return Ok(()),
            Action::Abort => {
                return Err(RunError::Thermal(format!(
                    "it became hotter than {} °C while waiting; let the machine cool first",
                    limits.abort_above
                )));
            }
            Action::Pause if interrupt::requested() => {
                return Err(RunError::Interrupted(
                    "interrupted while the machine cooled".to_owned(),
                ));
            }
            Action::Pause => {
                run.output.live(&format!(
                    "waiting for the machine to cool below {} °C",
                    limits.resume_below
                ));
                thread::sleep(Duration::from_millis(500));
            }
        }
    }
}
