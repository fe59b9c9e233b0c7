//! An experiment's output folder: whose results are in it, and what happens to those of an earlier version. Nothing is overwritten (F14).

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use xp_host::lease::Lease;
use xp_spec::files::write_atomic;

use crate::error::RunError;

/// What the results in a folder belong to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// Spec hash, or the effective one.
    pub(crate) spec_hash: String,
    /// Hyperparameters of a training, JSON: borrowed ones change when a search goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hyperparameters: Option<String>,
}

const FILE: &str = "identity.json";

/// Takes a folder for an identity. Results of another one are moved to `{folder}@{spec hash}` first; returns where to.
pub(crate) fn claim(
    folder: &Path,
    identity: &Identity,
    since: &str,
) -> Result<(Lease, Option<PathBuf>), RunError> {
    let lease = Lease::take(folder, since).map_err(RunError::failed)?;
    let fault = |path: &Path, cause: io::Error| {
        RunError::Failed(format!(
            "failed to write {}: {cause}; what was there before is untouched",
            path.display()
        ))
    };
    let path = folder.join(FILE);
    let there = match fs::read(&path) {
        Ok(bytes) => Some(serde_json::from_slice::<Identity>(&bytes).map_err(|cause| {
            RunError::Failed(format!(
                "{} does not say whose results these are: {cause}; move the folder away",
                path.display()
            ))
        })?),
        Err(_) => None,
    };
    let (lease, moved) = match there {
        Some(there) if there == *identity => return Ok((lease, None)),
        Some(there) => {
            let aside = free_name(folder, &there.spec_hash);
            fs::rename(folder, &aside).map_err(|cause| fault(&aside, cause))?;
            let new = Lease::take(folder, since).map_err(RunError::failed)?;
            (new, Some(aside))
        }
        None => (lease, None),
    };
    let text = serde_json::to_vec_pretty(identity).map_err(RunError::failed)?;
    write_atomic(&path, &text).map_err(|cause| fault(&path, cause))?;
    Ok((lease, moved))
}

/// `{folder}@{hash}`, or with a number behind it where that exists.
fn free_name(folder: &Path, hash: &str) -> PathBuf {
    let name = folder
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let plain = folder.with_file_name(format!("{name}@{hash}"));
    std::iter::once(plain)
        .chain((2_u32..).map(|number| folder.with_file_name(format!("{name}@{hash}-{number}"))))
        .find(|path| !path.exists())
        .unwrap_or_else(|| folder.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]
    use super::*;

    fn identity(hash: &str) -> Identity {
        Identity {
            spec_hash: hash.to_owned(),
            hyperparameters: None,
        }
    }

    #[test]
    fn results_of_another_spec_are_moved_aside_and_never_over_each_other() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("phase6a_x");
        let (lease, moved) = claim(&folder, &identity("aa"), "now").unwrap();
        assert_eq!(moved, None);
        fs::write(folder.join("result"), "first").unwrap();
        assert!(
            claim(&folder, &identity("aa"), "now").is_err(),
            "it is held"
        );
        drop(lease);
        for (hash, aside, content) in [
            ("bb", "phase6a_x@aa", "first"),
            ("aa", "phase6a_x@bb", "bb"),
        ] {
            let (lease, moved) = claim(&folder, &identity(hash), "now").unwrap();
            let moved = moved.unwrap();
            assert_eq!(moved, root.path().join(aside));
            assert_eq!(fs::read_to_string(moved.join("result")).unwrap(), content);
            fs::write(folder.join("result"), hash).unwrap();
            drop(lease);
        }
        let (_lease, moved) = claim(&folder, &identity("cc"), "now").unwrap();
        assert_eq!(moved, Some(root.path().join("phase6a_x@aa-2")));
    }
}
