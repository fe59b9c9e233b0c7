//! Whether memory has room for the largest training (F24).

use tch::Device;
use xp_host::resources::{Finding, Severity, bytes, free_device_memory, free_memory};
use xp_spec::{
    cost::memory_bytes,
    count::group,
    execution::{Execution, check_accumulation, why_not_fused},
};

use super::largest::Largest;
use crate::context::Context;

/// Bytes that the largest training of a run holds; absent where they are the device's.
pub(super) fn estimate(context: &Context, largest: &Largest) -> Option<u64> {
    (context.device == Device::Cpu).then(|| needed(context, largest))
}

fn needed(context: &Context, largest: &Largest) -> u64 {
    let Largest {
        shape,
        count,
        batch,
    } = *largest;
    let execution = context.execution(&shape, count, batch);
    memory_bytes(
        &shape,
        &context.experiment.input(),
        count,
        batch,
        context.workers.threads,
        (execution, context.experiment.training.loss),
    )
}

/// Bytes that are needed against those that are free.
pub(super) fn finding(context: &Context, largest: Option<&Largest>) -> Finding {
    let finding = |severity, text: String| Finding::new(severity, "memory", text);
    let Some(largest) = largest else {
        return finding(
            Severity::Warning,
            "unknown: there is no shape yet".to_owned(),
        );
    };
    let Largest {
        shape,
        count,
        batch,
    } = *largest;
    let experiment = &context.experiment;
    let execution = context.execution(&shape, count, batch);
    let needed = needed(context, largest);
    let why = match why_not_fused(
        &experiment.input(),
        count,
        experiment.training.precision,
        context.device == Device::Cpu,
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
    let training = &experiment.training;
    if let Err(error) = check_accumulation(execution, training.loss, training.accumulation) {
        return finding(
            Severity::Error,
            format!("{what}: {error}; leave it out, or use a smaller batch_size"),
        );
    }
    let (severity, text) = match context.device {
        Device::Cuda(_) => on_device(&what, needed),
        _ => on_host(&what, needed, context.workers.jobs),
    };
    finding(severity, text)
}

fn on_device(what: &str, needed: u64) -> (Severity, String) {
    match free_device_memory() {
        Some(free) if free < needed => (
            Severity::Error,
            format!(
                "{what} on the device, {} free there; use a smaller budget or batch_size, or --device cpu",
                bytes(free)
            ),
        ),
        Some(free) => (
            Severity::Good,
            format!("{what} on the device, {} free there", bytes(free)),
        ),
        None => (
            Severity::Warning,
            format!("{what} on the device, whose free memory is unknown"),
        ),
    }
}

fn on_host(what: &str, needed: u64, jobs: usize) -> (Severity, String) {
    let what = match jobs {
        1 => what.to_owned(),
        _ => format!("{what}, {jobs} workers"),
    };
    match free_memory() {
        Some(free) if free < needed.saturating_mul(jobs as u64) => (
            Severity::Error,
            format!(
                "{what}, {} free; use {}a smaller budget or batch_size, a GPU, or a machine with more memory",
                bytes(free),
                if jobs > 1 { "fewer --jobs, " } else { "" }
            ),
        ),
        Some(free) => (Severity::Good, format!("{what}, {} free", bytes(free))),
        None => (Severity::Warning, format!("{what}; free memory is unknown")),
    }
}
