//! The device of a run, and how its cores are used.

use xp_host::resources::{Finding, Severity};

use crate::context::{Context, device_name};

/// Whether the device that was asked for is there, with jobs and threads.
pub(super) fn finding(context: &Context) -> Finding {
    if let Err(why) = &context.device_found {
        return Finding::new(Severity::Error, "device", why.clone());
    }
    let jobs = match context.workers.jobs {
        1 => String::new(),
        jobs => format!("{jobs} jobs, each of "),
    };
    let (device, threads) = (device_name(context.device), tch::get_num_threads());
    Finding::new(
        Severity::Good,
        "device",
        format!("{device}, {jobs}{threads} threads"),
    )
}
