//! Writes a file of a search whole or not at all.

use std::path::Path;

use xp_spec::files::write_if_changed;

use crate::context::RunError;

/// Replaces a file that has another content, or says that what was there is untouched.
pub(super) fn write(path: &Path, text: &[u8]) -> Result<(), RunError> {
    write_if_changed(path, text).map(|_| ()).map_err(|cause| {
        RunError::Failed(format!(
            "failed to write {}: {cause}; what was there before is untouched",
            path.display()
        ))
    })
}
