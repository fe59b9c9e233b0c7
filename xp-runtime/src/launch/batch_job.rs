//! The job of a batch system that a run is in: named, and left before its time is over.

use xp_host::{batch_job::TimeLeft, interrupt};

use crate::{context::Context, journal::Journal};

/// Says which job it is, and ends the run with a checkpoint before the job's time is over.
pub(super) fn announce(context: &Context, journal: &Journal<'_>) {
    let Some(job) = &context.job else {
        return;
    };
    if context.options.only_looks() {
        return;
    }
    for line in job.description().lines() {
        journal.info(line);
    }
    let Some(TimeLeft::Limited(left)) = job.time_left(&context.clock) else {
        return;
    };
    let works_for = interrupt::end_before(left, &job.limit_name(), &context.clock);
    if works_for.is_zero() {
        journal.warn(&format!(
            "warning: {} is over in {} s, too soon for any work: submit it with a longer --time",
            job.limit_name(),
            left.as_secs()
        ));
    }
}
