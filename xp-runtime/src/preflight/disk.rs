//! Whether the disk has room for what a run writes (F25).

use xp_host::resources::{Finding, Severity, bytes, free_disk};
use xp_spec::experiment::Run;

use super::largest::Largest;
use crate::{context::Context, journal::Room};

/// Bytes kept free beside what a run writes.
const RESERVE: u64 = 200 << 20;

/// Room for what a run writes.
pub(super) fn needed(context: &Context, largest: Option<&Largest>) -> Room {
    // Weights of each seed, a study and logs; and a checkpoint (weights, two moments, best weights) of each job, the next beside the last.
    let files = match &context.experiment.run {
        Run::Train(train) => train.seeds.len() as u64,
        Run::Hpo(_) => 0,
    };
    let checkpoints = 8 * context.workers.jobs as u64;
    let needed = largest.map_or(0, |largest| {
        (4 * largest.count).saturating_mul(files + checkpoints)
    }) + RESERVE;
    // Outputs may lie on a disk of their own.
    let folder = context.folder();
    let there = folder
        .ancestors()
        .find(|folder| folder.exists())
        .unwrap_or(context.workspace.root());
    Room {
        needed,
        folder: there.to_owned(),
    }
}

/// Free bytes against those that are needed.
pub(super) fn finding(room: &Room) -> Finding {
    let needed = room.needed;
    match free_disk(&room.folder) {
        Some(free) if free < needed => Finding::new(
            Severity::Error,
            "disk",
            format!(
                "{} free, {} needed; make room on the disk of {}",
                bytes(free),
                bytes(needed),
                room.folder.display()
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
