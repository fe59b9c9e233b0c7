//! Locks an experiment's output folder for this run, and moves results of an earlier version aside. Nothing is overwritten (F14).

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use xp_clock::Clock;
use xp_host::{
    file_system::{FileSystem, Reach},
    process_lock::{ProcessLock, ProcessLockError},
};
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
    /// Server of the study; absent where that is a file in the folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) server: Option<String>,
    /// Folder of an earlier search whose trials are taken over, as it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) continues: Option<PathBuf>,
}

impl Identity {
    fn is_same(&self, other: &Self) -> bool {
        self.spec_hash == other.spec_hash
            && self.hyperparameters == other.hyperparameters
            && self.server.is_some() == other.server.is_some()
    }

    /// Refuses results of a study that is elsewhere, unless it may be moved aside.
    fn check_place(&self, folder: &Path, wanted: &Self) -> Result<(), RunError> {
        if self.server.is_some() == wanted.server.is_some() {
            return Ok(());
        }
        let place = |identity: &Self| match &identity.server {
            Some(server) => server.clone(),
            None => format!("its {STUDY}"),
        };
        Err(RunError::Failed(format!(
            "{} holds results of a study in {}, and this run asks for one in {}: name that one (--study-url, XP_STUDY or `study` in configs/cluster.yaml say which server, none of them the file), or start a new study with --new-study (the earlier one is kept){}",
            folder.display(),
            place(self),
            place(wanted),
            match self.server {
                Some(_) => String::new(),
                None => format!(
                    ", which --continue-from {} fills with its trials",
                    folder.display()
                ),
            }
        )))
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
        server: context.server.as_ref().map(ToString::to_string),
        continues: continuation::requested_source(context)?,
    };
    let may_move = |existing: &Identity| {
        let options = &context.options;
        if !options.new_study && options.continue_from.is_none() {
            existing.check_place(&context.folder(), &identity)?;
        }
        continuation::may_move_aside(context, &existing.spec_hash)
    };
    let (folder, clock) = (context.folder(), &context.clock);
    if context.server.is_some() {
        return claim_together(&folder, &identity, clock, journal, may_move);
    }
    let claimed = claim(&folder, &identity, clock, Duration::ZERO, may_move)?;
    sweep(context);
    journal.log_unlogged()?;
    say_moved(journal, &claimed);
    Ok(claimed)
}

/// Removes temporary files of writers that were killed. Those of living ones are locked, which is seen where locks reach all machines.
pub(crate) fn sweep(context: &Context) {
    let root = context.workspace.root();
    let holds = FileSystem::of(root).is_ok_and(|system| system.flock() == Reach::Holds);
    if holds {
        for folder in ["outputs", "docs", "data/processed"] {
            sweep_temporaries(&root.join(folder));
        }
    }
}

fn say_moved(journal: &Journal<'_>, claimed: &Claimed) {
    if let Some(moved) = &claimed.moved {
        journal.warn(&format!(
            "the experiment has changed: its earlier results are now in {}",
            moved.display()
        ));
    }
}

/// How long the first of many processes may take to claim a folder for all.
const FIRST: Duration = Duration::from_secs(60);

/// Takes a folder together with the other processes of a study on a server. The first of them claims it alone, for a moment.
fn claim_together(
    folder: &Path,
    identity: &Identity,
    clock: &Clock,
    journal: &Journal<'_>,
    may_move: impl Fn(&Identity) -> Result<(), RunError>,
) -> Result<Claimed, RunError> {
    let mut moved = None;
    loop {
        let lock = ProcessLock::acquire_shared_waiting(folder, clock, FIRST, say_waiting);
        let lock = lock.map_err(refused)?;
        if let Some(existing) = existing(folder)?
            && existing.is_same(identity)
        {
            let continues = continues(folder, &existing, identity)?;
            return Ok(Claimed {
                lock,
                moved,
                continues,
            });
        }
        drop(lock);
        let claimed = claim(folder, identity, clock, FIRST, &may_move)?;
        say_moved(journal, &claimed);
        moved = claimed.moved.or(moved);
    }
}

fn say_waiting(why: &str) {
    tracing::warn!("{why}");
}

fn refused(error: ProcessLockError) -> RunError {
    match error {
        ProcessLockError::Stopped { .. } => RunError::Interrupted(error.to_string()),
        other => RunError::failed(other),
    }
}

/// Whose results a folder holds; absent where it says so of none.
fn existing(folder: &Path) -> Result<Option<Identity>, RunError> {
    let path = folder.join(FILE);
    match fs::read(&path) {
        Ok(bytes) => serde_json::from_slice::<Identity>(&bytes)
            .map(Some)
            .map_err(|cause| {
                RunError::Failed(format!(
                    "{} does not identify the run of these results: {cause}; move the folder away",
                    path.display()
                ))
            }),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(RunError::Failed(format!(
            "failed to read {}: {cause}",
            path.display()
        ))),
    }
}

/// What the same search continues from, which may not change.
fn continues(
    folder: &Path,
    existing: &Identity,
    wanted: &Identity,
) -> Result<Option<PathBuf>, RunError> {
    if let (Some(was), Some(now)) = (&existing.continues, &wanted.continues)
        && was != now
        && now != folder
    {
        return Err(RunError::Failed(format!(
            "this search already continues from {}, not from {}; start a new study with --new-study",
            was.display(),
            now.display()
        )));
    }
    Ok(existing
        .continues
        .clone()
        .or_else(|| wanted.continues.clone()))
}

/// Takes a folder for an identity, and waits so long for others. Results of another one are moved to `{folder}@{spec hash}` first, unless
/// `may_move` refuses.
fn claim(
    folder: &Path,
    identity: &Identity,
    clock: &Clock,
    patience: Duration,
    may_move: impl Fn(&Identity) -> Result<(), RunError>,
) -> Result<Claimed, RunError> {
    let acquire =
        || ProcessLock::acquire_waiting(folder, clock, patience, say_waiting).map_err(refused);
    let lock = acquire()?;
    let fault = |path: &Path, cause: io::Error| {
        RunError::Failed(format!(
            "failed to write {}: {cause}; what was there before is untouched",
            path.display()
        ))
    };
    let path = folder.join(FILE);
    let (lock, moved) = match existing(folder)? {
        Some(existing) if existing.is_same(identity) => {
            if identity.server.is_none() {
                whole(folder)?;
            }
            let continues = continues(folder, &existing, identity)?;
            return Ok(Claimed {
                lock,
                moved: None,
                continues,
            });
        }
        Some(existing) => {
            may_move(&existing)?;
            let mut aside = folder.as_os_str().to_owned();
            aside.push(format!("@{}", existing.spec_hash));
            let aside = free_name(aside.as_ref());
            fs::rename(folder, &aside).map_err(|cause| fault(&aside, cause))?;
            (acquire()?, Some(aside))
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
    ProcessLock::require_not_taken_over(folder).map_err(RunError::failed)?;
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
            server: None,
            continues: None,
        }
    }

    fn free(_: &Identity) -> Result<(), RunError> {
        Ok(())
    }

    fn take(folder: &Path, identity: &Identity) -> Result<Claimed, RunError> {
        claim(folder, identity, &Clock::manual(), Duration::ZERO, free)
    }

    #[test]
    fn results_of_another_spec_are_moved_aside_and_never_over_each_other() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("phase6a_x");
        let claimed = take(&folder, &identity("aa")).unwrap();
        assert_eq!(claimed.moved, None);
        fs::write(folder.join("result"), "first").unwrap();
        assert!(take(&folder, &identity("aa")).is_err(), "it is held");
        drop(claimed);
        let refused = claim(
            &folder,
            &identity("bb"),
            &Clock::manual(),
            Duration::ZERO,
            |_| Err(RunError::Failed("no".to_owned())),
        );
        assert_eq!(refused.unwrap_err(), RunError::Failed("no".to_owned()));
        assert_eq!(fs::read_to_string(folder.join("result")).unwrap(), "first");
        for (hash, aside, content) in [
            ("bb", "phase6a_x@aa", "first"),
            ("aa", "phase6a_x@bb", "bb"),
        ] {
            let claimed = take(&folder, &identity(hash)).unwrap();
            let moved = claimed.moved.clone().unwrap();
            assert_eq!(moved, root.path().join(aside));
            assert_eq!(fs::read_to_string(moved.join("result")).unwrap(), content);
            fs::write(folder.join("result"), hash).unwrap();
        }
        let claimed = take(&folder, &identity("cc")).unwrap();
        assert_eq!(claimed.moved, Some(root.path().join("phase6a_x@aa-2")));
    }

    #[test]
    fn a_search_whose_study_was_emptied_is_refused_and_left_alone() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("x");
        let again = || take(&folder, &identity("aa"));
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
        drop(take(&folder, &identity("aa")).unwrap());
        let wanted = Identity {
            continues: Some(folder.clone()),
            ..identity("bb")
        };
        let aside = Some(root.path().join("x@aa"));
        for moved in [aside.clone(), None] {
            let claimed = take(&folder, &wanted).unwrap();
            assert_eq!(claimed.moved, moved);
            assert_eq!(claimed.continues, aside);
        }
        // The same command without the option goes on as well.
        let claimed = take(&folder, &identity("bb")).unwrap();
        assert_eq!(claimed.continues, aside);
    }
}
