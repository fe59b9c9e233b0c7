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
    /// Folder of an earlier search whose trials are taken over, as it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) continues: Option<PathBuf>,
}

impl Identity {
    fn is_same(&self, other: &Self) -> bool {
        self.spec_hash == other.spec_hash && self.hyperparameters == other.hyperparameters
    }
}

/// A folder that was taken.
#[derive(Debug)]
pub(crate) struct Claimed {
    pub(crate) lease: Lease,
    /// Where earlier results were moved to.
    pub(crate) moved: Option<PathBuf>,
    /// Folder of the search whose trials are taken over.
    pub(crate) continues: Option<PathBuf>,
}

const FILE: &str = "identity.json";

/// Takes a folder for an identity. Results of another one are moved to `{folder}@{spec hash}` first, unless `may_move` refuses.
pub(crate) fn claim(
    folder: &Path,
    identity: &Identity,
    since: &str,
    may_move: impl Fn() -> Result<(), RunError>,
) -> Result<Claimed, RunError> {
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
        Some(there) if there.is_same(identity) => {
            if let (Some(was), Some(now)) = (&there.continues, &identity.continues)
                && was != now
                && now != folder
            {
                return Err(RunError::Failed(format!(
                    "this search already continues from {}, not from {}; start anew with --new-study",
                    was.display(),
                    now.display()
                )));
            }
            return Ok(Claimed {
                lease,
                moved: None,
                continues: there.continues.or_else(|| identity.continues.clone()),
            });
        }
        Some(there) => {
            may_move()?;
            let aside = free_name(folder, &there.spec_hash);
            fs::rename(folder, &aside).map_err(|cause| fault(&aside, cause))?;
            let new = Lease::take(folder, since).map_err(RunError::failed)?;
            (new, Some(aside))
        }
        None => (lease, None),
    };
    // What is to be continued from may be what was just moved.
    let continues = match (&identity.continues, &moved) {
        (Some(from), Some(moved)) if from == folder => Some(moved.clone()),
        (from, _) => from.clone(),
    };
    let identity = Identity {
        continues: continues.clone(),
        ..identity.clone()
    };
    let text = serde_json::to_vec_pretty(&identity).map_err(RunError::failed)?;
    write_atomic(&path, &text).map_err(|cause| fault(&path, cause))?;
    Ok(Claimed {
        lease,
        moved,
        continues,
    })
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
            continues: None,
        }
    }

    fn free() -> Result<(), RunError> {
        Ok(())
    }

    #[test]
    fn results_of_another_spec_are_moved_aside_and_never_over_each_other() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("phase6a_x");
        let claimed = claim(&folder, &identity("aa"), "now", free).unwrap();
        assert_eq!(claimed.moved, None);
        fs::write(folder.join("result"), "first").unwrap();
        assert!(
            claim(&folder, &identity("aa"), "now", free).is_err(),
            "it is held"
        );
        drop(claimed);
        let refused = claim(&folder, &identity("bb"), "now", || {
            Err(RunError::Failed("no".to_owned()))
        });
        assert_eq!(refused.unwrap_err(), RunError::Failed("no".to_owned()));
        assert_eq!(fs::read_to_string(folder.join("result")).unwrap(), "first");
        for (hash, aside, content) in [
            ("bb", "phase6a_x@aa", "first"),
            ("aa", "phase6a_x@bb", "bb"),
        ] {
            let claimed = claim(&folder, &identity(hash), "now", free).unwrap();
            let moved = claimed.moved.clone().unwrap();
            assert_eq!(moved, root.path().join(aside));
            assert_eq!(fs::read_to_string(moved.join("result")).unwrap(), content);
            fs::write(folder.join("result"), hash).unwrap();
        }
        let claimed = claim(&folder, &identity("cc"), "now", free).unwrap();
        assert_eq!(claimed.moved, Some(root.path().join("phase6a_x@aa-2")));
    }

    #[test]
    fn what_is_continued_from_is_known_after_a_restart() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("x");
        drop(claim(&folder, &identity("aa"), "now", free).unwrap());
        let wanted = Identity {
            continues: Some(folder.clone()),
            ..identity("bb")
        };
        let aside = Some(root.path().join("x@aa"));
        for moved in [aside.clone(), None] {
            let claimed = claim(&folder, &wanted, "now", free).unwrap();
            assert_eq!(claimed.moved, moved);
            assert_eq!(claimed.continues, aside);
        }
        // The same command without the option goes on as well.
        let claimed = claim(&folder, &identity("bb"), "now", free).unwrap();
        assert_eq!(claimed.continues, aside);
    }
}
