//! What an error of a study means for the run.

use xp_host::interrupt;
use xp_search::StudyError;

use crate::context::RunError;

impl From<StudyError> for RunError {
    /// A failure, unless the run was asked to end while it waited for the study: its trials go on with the next start.
    fn from(error: StudyError) -> Self {
        let waited = matches!(
            error,
            StudyError::Disconnected { .. } | StudyError::Locked { .. }
        );
        match interrupt::reason() {
            Some(why) if waited => Self::Interrupted(format!(
                "interrupted by {why} while it waited for its study: {error}"
            )),
            _ => Self::failed(error),
        }
    }
}
