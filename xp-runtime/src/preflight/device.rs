//! The device of a run, and how its cores are used.

use xp_host::resources::{Finding, Severity};

use crate::context::{Context, device_name};

/// Whether the device that was asked for is there, with jobs and threads.
pub(super) fn finding(context: &Context) -> Finding {
    if let Err(why) = &context.device_found {
        return Finding::new(Severity::Error, "device", why.clone());
    }
    let (device, threads) = (device_name(context.device), tch::get_num_threads());
    let threads = match threads {
        1 => "1 thread".to_owned(),
        threads => format!("{threads} threads"),
    };
    let cores = match context.workers.jobs {
        1 => threads,
        jobs => format!("{jobs} workers, {threads} each"),
    };
    Finding::new(Severity::Good, "device", format!("{device}, {cores}"))
}
