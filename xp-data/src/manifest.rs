//! Writing `data/manifest.yaml`; reading it is `xp-spec`'s.

use xp_spec::files::{MANIFEST, Workspace, manifest::Manifest, write_if_changed};

use crate::error::DataError;

const HEADER: &str = "\
# Data that experiments may name. Written by `cargo xp data build`; source, licence and notes of raw files are kept by hand.
# A processed file is rebuilt bit for bit from its raw file, so only its lock is committed.
";

/// Writes the manifest if it changed; returns whether it did.
pub fn write(workspace: &Workspace, manifest: &Manifest) -> Result<bool, DataError> {
    let path = workspace.root().join(MANIFEST);
    let body =
        serde_saphyr::to_string(manifest).map_err(|cause| DataError::write(&path, &cause))?;
    write_if_changed(&path, format!("{HEADER}{body}").as_bytes())
        .map_err(|cause| DataError::write(&path, &cause))
}
