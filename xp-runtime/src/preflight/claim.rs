//! Locks an experiment's output folder for this run, and moves results of an earlier version aside. Nothing is overwritten (F14).

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use xp_clock::Clock;
use xp_host::process_lock::ProcessLock;
use xp_spec::files::{free_name, sweep_temporaries, write_atomic};

use super::resolve::Resolved;
use crate::{
    context::{Context, RunError},
    journal::Journal,
    study::{STUDY, continuation},
};

/// What the results in a folder belong to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Identity {
    /// Spec hash, or the effective one.
    pub(super) spec_hash: String,
    /// Hyperparameters of a training, JSON: borrowed ones change when a search goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) hyperparameters: Option<String>,
    /// Folder of an earlier search whose trials are taken over, as it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) continues: Option<PathBuf>,
}

impl Identity {
    fn is_same(&self, other: &Self) -> bool {
        self.spec_hash == other.spec_hash && self.hyperparameters == other.hyperparameters
    }
}

/// A folder that was taken.
#[derive(Debug)]
pub(super) struct Claimed {
    pub(super) lock: ProcessLock,
    /// Where earlier results were moved to.
    pub(super) moved: Option<PathBuf>,
    /// Folder of the search whose trials are taken over.
    pub(super) continues: Option<PathBuf>,
}

const FILE: &str = "identity.json";

/// Locks the experiment's folder for this run; results of another spec are moved aside.
pub(super) fn claim_folder(
    context: &Context,
    journal: &Journal<'_>,
    resolved: Option<&Resolved>,
) -> Result<Claimed, RunError> {
    let identity = Identity {
        spec_hash: context.hash.clone(),
        hyperparameters: resolved
            .and_then(|resolved| serde_json::to_string(&resolved.hyper.to_assignment()).ok()),
        continues: continuation::requested_source(context)?,
    };
    let claimed = claim(&context.folder(), &identity, &context.clock, || {
        continuation::may_move_aside(context)
    })?;
    for folder in ["outputs", "docs", "data/processed"] {
        sweep_temporaries(&context.workspace.root().join(folder));
    }
    journal.log_unlogged()?;
    if let Some(moved) = &claimed.moved {
        journal.warn(&format!(
            "the experiment has changed: its earlier results are now in {}",
            moved.display()
        ));
    }
    Ok(claimed)
}

/// Takes a folder for an identity. Results of another one are moved to `{folder}@{spec hash}` first, unless `may_move` refuses.
fn claim(
    folder: &Path,
    identity: &Identity,
    clock: &Clock,
    may_move: impl Fn() -> Result<(), RunError>,
) -> Result<Claimed, RunError> {
    let lock = ProcessLock::acquire(folder, clock).map_err(RunError::failed)?;
    let fault = |path: &Path, cause: io::Error| {
        RunError::Failed(format!(
            "failed to write {}: {cause}; what was there before is untouched",
            path.display()
        ))
    };
    let path = folder.join(FILE);
    let existing = match fs::read(&path) {
        Ok(bytes) => Some(serde_json::from_slice::<Identity>(&bytes).map_err(|cause| {
            RunError::Failed(format!(
                "{} does not identify the run of these results: {cause}; move the folder away",
                path.display()
            ))
        })?),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => None,
        Err(cause) => {
            return Err(RunError::Failed(format!(
                "failed to read {}: {cause}",
                path.display()
            )));
        }
    };
    let (lock, moved) = match existing {
        Some(existing) if existing.is_same(identity) => {
            whole(folder)?;
            if let (Some(was), Some(now)) = (&existing.continues, &identity.continues)
                && was != now
                && now != folder
            {
                return Err(RunError::Failed(format!(
                    "this search already continues from {}, not from {}; start a new study with --new-study",
                    was.display(),
                    now.display()
                )));
            }
            return Ok(Claimed {
                lock,
                moved: None,
                continues: existing.continues.or_else(|| identity.continues.clone()),
            });
        }
        Some(existing) => {
            may_move()?;
            let mut aside = folder.as_os_str().to_owned();
            aside.push(format!("@{}", existing.spec_hash));
            let aside = free_name(aside.as_ref());
            fs::rename(folder, &aside).map_err(|cause| fault(&aside, cause))?;
            let new = ProcessLock::acquire(folder, clock).map_err(RunError::failed)?;
            (new, Some(aside))
        }
        None => {
            unclaimed(folder)?;
            (lock, None)
        }
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
        lock,
        moved,
        continues,
    })
}

/// Refuses a folder that has results of nobody knows which run: they would be overwritten.
fn unclaimed(folder: &Path) -> Result<(), RunError> {
    let is_result = |name: &String| {
        name == STUDY
            || name == "trials"
            || name.starts_with("seed_")
            || name.ends_with("_best.json")
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    match names.find(is_result) {
        None => Ok(()),
        Some(name) => Err(RunError::Failed(format!(
            "{} holds {name}, and {FILE}, which tells whose results these are, is missing: restore it from a backup, or move the folder away (a search then takes its trials over by --continue-from)",
            folder.display()
        ))),
    }
}

/// Refuses to write results into a folder that is not the claimed one any more: something has removed it, and a write has made it anew.
pub(crate) fn require_claimed(folder: &Path) -> Result<(), RunError> {
    if folder.join(FILE).is_file() {
        return Ok(());
    }
    Err(RunError::Failed(format!(
        "{} was removed or replaced while it was in use: {FILE} is missing in it. Nothing more is written: put the folder back, or move away what is left of it, and run the same command",
        folder.display()
    )))
}

/// Refuses a search's folder whose study is gone or was emptied while the trials that it ran are there: a new study would overwrite them.
fn whole(folder: &Path) -> Result<(), RunError> {
    let study = folder.join(STUDY);
    if fs::metadata(&study).is_ok_and(|file| file.len() > 0) {
        return Ok(());
    }
    let trials = fs::read_dir(folder.join("trials")).map_or(0, Iterator::count);
    if trials == 0 {
        return Ok(());
    }
    Err(RunError::Failed(format!(
        "the study {} is {}, and {trials} of its trials are in {}: restore it from a backup, or move {} away to start a new study",
        study.display(),
        if study.exists() { "empty" } else { "missing" },
        folder.join("trials").display(),
        folder.display()
    )))
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
        let claimed = claim(&folder, &identity("aa"), &Clock::manual(), free).unwrap();
        assert_eq!(claimed.moved, None);
        fs::write(folder.join("result"), "first").unwrap();
        assert!(
            claim(&folder, &identity("aa"), &Clock::manual(), free).is_err(),
            "it is held"
        );
        drop(claimed);
        let refused = claim(&folder, &identity("bb"), &Clock::manual(), || {
            Err(RunError::Failed("no".to_owned()))
        });
        assert_eq!(refused.unwrap_err(), RunError::Failed("no".to_owned()));
        assert_eq!(fs::read_to_string(folder.join("result")).unwrap(), "first");
        for (hash, aside, content) in [
            ("bb", "phase6a_x@aa", "first"),
            ("aa", "phase6a_x@bb", "bb"),
        ] {
            let claimed = claim(&folder, &identity(hash), &Clock::manual(), free).unwrap();
            let moved = claimed.moved.clone().unwrap();
            assert_eq!(moved, root.path().join(aside));
            assert_eq!(fs::read_to_string(moved.join("result")).unwrap(), content);
            fs::write(folder.join("result"), hash).unwrap();
        }
        let claimed = claim(&folder, &identity("cc"), &Clock::manual(), free).unwrap();
        assert_eq!(claimed.moved, Some(root.path().join("phase6a_x@aa-2")));
    }

    #[test]
    fn a_search_whose_study_was_emptied_is_refused_and_left_alone() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("x");
        let again = || claim(&folder, &identity("aa"), &Clock::manual(), free);
        drop(again().unwrap());
        fs::create_dir(folder.join("trials")).unwrap();
        drop(again().unwrap());
        fs::write(folder.join("trials/0000.json"), "{}").unwrap();
        let error = again().unwrap_err().to_string();
        assert!(error.contains("is missing, and 1 of its trials"), "{error}");
        fs::write(folder.join(STUDY), "").unwrap();
        let error = again().unwrap_err().to_string();
        assert!(error.contains("is empty, and 1 of its trials"), "{error}");
        fs::write(folder.join(STUDY), "SQLite format 3").unwrap();
        drop(again().unwrap());
        fs::remove_file(folder.join(FILE)).unwrap();
        let error = again().unwrap_err().to_string();
        assert!(error.contains("identity.json, which tells"), "{error}");
        assert!(!folder.join(FILE).exists());
    }

    #[test]
    fn what_is_continued_from_is_known_after_a_restart() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("x");
        drop(claim(&folder, &identity("aa"), &Clock::manual(), free).unwrap());
        let wanted = Identity {
            continues: Some(folder.clone()),
            ..identity("bb")
        };
        let aside = Some(root.path().join("x@aa"));
        for moved in [aside.clone(), None] {
            let claimed = claim(&folder, &wanted, &Clock::manual(), free).unwrap();
            assert_eq!(claimed.moved, moved);
            assert_eq!(claimed.continues, aside);
        }
        // The same command without the option goes on as well.
        let claimed = claim(&folder, &identity("bb"), &Clock::manual(), free).unwrap();
        assert_eq!(claimed.continues, aside);
    }
}
