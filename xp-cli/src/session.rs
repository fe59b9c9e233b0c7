//! What every command works with, made once.

use xp_clock::Clock;
use xp_spec::files::Workspace;

use crate::failure::Failure;

/// The workspace of the current folder, and the time.
pub(crate) struct Session {
    pub(crate) workspace: Workspace,
    pub(crate) clock: Clock,
}

impl Session {
    /// Finds the workspace around the current folder, or else around the manifest that `cargo run --manifest-path` named.
    pub(crate) fn here(clock: Clock) -> Result<Self, Failure> {
        let here = std::env::current_dir()
            .map_err(|cause| Failure::new(format!("the current folder cannot be read: {cause}")))?;
        let of_manifest = || {
            // Cargo sets it for what it runs.
            let package = std::env::var_os("CARGO_MANIFEST_DIR")?;
            Workspace::find(package.as_ref())
        };
        let workspace = Workspace::find(&here).or_else(of_manifest).ok_or_else(|| {
            Failure::new(
                "there is no data/manifest.yaml in this folder or above; change into the workspace",
            )
        })?;
        Ok(Self { workspace, clock })
    }
}
