//! Removes checkpoints whose results are written.

use xp_engine::train::Checkpoint;

use crate::journal::Journal;

/// Removes a checkpoint whose result is written.
pub(crate) fn discard(journal: &Journal<'_>, checkpoint: &Checkpoint) {
    if let Err(cause) = checkpoint.remove() {
        journal.warn(&format!(
            "warning: {} is not needed any more and cannot be removed: {cause}",
            checkpoint.folder.display()
        ));
    }
}
