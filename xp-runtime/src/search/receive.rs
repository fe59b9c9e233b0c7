//! A worker's message, noted in its slot. What it means for study, pruner and other workers is the schedule's.

use std::{mem::replace, time::Instant};

use xp_host::resources::bytes;

use super::{
    limits::{Limits, too_large},
    pool::{Busy, Slot, State},
    protocol::{Report, TrialResult},
};
use crate::{context::RunError, journal::Journal};

/// What the schedule has to do about a message.
pub(super) enum Received {
    /// Nothing.
    Noted,
    /// The worker has its data; of its own binary.
    Ready { spec_hash: String },
    /// A step is done.
    Progress,
    /// An evaluation: the worker waits for the verdict.
    Evaluation { number: u32, step: u32 },
    /// A trial ended; its worker is idle.
    Ended {
        busy: Box<Busy>,
        result: TrialResult,
    },
}

/// Notes a message in its worker's slot. One that does not fit what the worker does is ignored.
pub(super) fn receive(
    slot: &mut Slot,
    line: &str,
    now: Instant,
    journal: &Journal<'_>,
) -> Result<Received, RunError> {
    // A library may write to standard output; only our lines are reports.
    let Ok(report) = serde_json::from_str::<Report>(line) else {
        return Ok(Received::Noted);
    };
    slot.note_heartbeat(now);
    match (report, &mut slot.state) {
        (Report::Ready { spec_hash }, State::Starting) => {
            return Ok(Received::Ready { spec_hash });
        }
        (Report::Refused { message }, _) => return Err(RunError::Failed(message)),
        (Report::Ended(result), State::Busy(_)) => {
            if let State::Busy(busy) = replace(&mut slot.state, State::Idle) {
                return Ok(Received::Ended { busy, result });
            }
        }
        (report, State::Busy(busy)) => return Ok(note(busy, report, journal)),
        _ => {}
    }
    Ok(Received::Noted)
}

/// Notes the progress of a trial.
fn note(busy: &mut Busy, report: Report, journal: &Journal<'_>) -> Received {
    let number = busy.task.number;
    match report {
        Report::Step { step, epoch } => {
            busy.position = Some((step, epoch));
            return Received::Progress;
        }
        Report::Evaluation {
            step,
            point,
            objective,
            samples_per_second,
        } => {
            busy.curve.push(point);
            busy.rates.push(samples_per_second);
            busy.objectives.retain(|(at, _)| *at < step);
            busy.objectives.push((step, objective));
            return Received::Evaluation { number, step };
        }
        Report::Resumed { curve, step } => {
            journal.info(&format!(
                "trial {number}: resumed at step {step}, after {} evaluations",
                curve.len()
            ));
            busy.curve = curve;
        }
        Report::Warning { message } => {
            journal.warn(&format!("warning: trial {number} {message}"));
        }
        Report::Ready { .. } | Report::Ended(_) | Report::Refused { .. } => {}
    }
    Received::Noted
}

/// Whether a worker can train trials of this search: it runs the same binary, and no trial could use less memory than it does now, so that
/// points must not count as infeasible.
pub(super) fn check_worker(
    slot: &Slot,
    spec_hash: &str,
    own_hash: &str,
    limits: &Limits,
) -> Result<(), RunError> {
    if spec_hash != own_hash {
        return Err(RunError::Failed(
            "the experiment was rebuilt while it ran; run the same command to continue with the new build".to_owned(),
        ));
    }
    match too_large(limits, slot.worker.usage()) {
        None => Ok(()),
        Some((used, limit)) => Err(RunError::Failed(format!(
            "a worker process uses {} before its first trial and may use {}; give it more by --trial-memory, or start fewer by --jobs",
            bytes(used),
            bytes(limit)
        ))),
    }
}
