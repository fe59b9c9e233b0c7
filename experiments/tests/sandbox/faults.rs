//! Runs that are killed at a chosen change of a file, or whose change fails (`tests/faults`).

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
};

use xp_test_support::Process;

use super::{
    Sandbox,
    results::{assert_same, results as all_results},
};

/// A change of a file in the order of a run: `operation path`, the path relative to the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change(pub(crate) String);

impl Change {
    pub(crate) fn is_write(&self) -> bool {
        self.0.starts_with("write ")
    }

    /// What kind of change it is: its operation and the end of its path, without numbers and names that differ between runs.
    pub(crate) fn kind(&self) -> String {
        let (operation, path) = self.0.split_once(' ').unwrap();
        let parts: Vec<&str> = path.split('/').collect();
        let last = parts[parts.len().saturating_sub(2)..].join("/");
        let digits = |c: char| c.is_ascii_digit();
        let mut kind = format!("{operation} ");
        for word in last.split_inclusive(['-', '.', '_', '/', '+']) {
            let (word, end) =
                word.split_at(word.len() - usize::from(!word.ends_with(char::is_alphanumeric)));
            kind.push_str(if word.contains(digits) { "#" } else { word });
            kind.push_str(end);
        }
        kind
    }
}

/// What happens at a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// `kill -9` of the run before it.
    Kill,
    /// The same, after half of the bytes of a write.
    Tear,
    /// An error number, for this change alone.
    Once(u32),
    /// An error number, from this change on.
    Always(u32),
}

/// The library to preload, which cargo has built beside the tests.
fn library() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let library = test.parent().unwrap().join("libxp_faults.so");
    assert!(library.is_file(), "{} is not built", library.display());
    library
}

fn with_faults(sandbox: &Sandbox, command: &mut Command, record: &Path) {
    command
        .env("LD_PRELOAD", library())
        .env(
            "XP_FAULTS_BELOW",
            sandbox.folder.path().canonicalize().unwrap(),
        )
        .env("XP_FAULTS_RECORD", record);
}

fn changes(record: &Path) -> Vec<Change> {
    let bytes = fs::read(record).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    text.lines()
        .map(|line| Change(line.trim().to_owned()))
        .collect()
}

/// Numbers of changes by their kind.
pub(crate) fn kinds(changes: &[Change]) -> Vec<Vec<usize>> {
    let mut kinds: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (number, change) in changes.iter().enumerate() {
        kinds.entry(change.kind()).or_default().push(number);
    }
    kinds.into_values().collect()
}

/// A run that meets no fault, in a workspace whose data is built.
pub(crate) struct Whole {
    built: Sandbox,
    pub(crate) changes: Vec<Change>,
    pub(crate) results: String,
}

impl Whole {
    pub(crate) fn of(binary: &str, arguments: &[&str]) -> Self {
        let built = Sandbox::new();
        built.recorded(binary, arguments);
        let again = Sandbox::with_data_of(&built);
        let changes = again.recorded(binary, arguments);
        let results = all_results(&again);
        assert_same(&results, &all_results(&built), "alone");
        Self {
            built,
            changes,
            results,
        }
    }

    /// Another workspace with the same data.
    pub(crate) fn ready(&self) -> Sandbox {
        Sandbox::with_data_of(&self.built)
    }
}

impl Sandbox {
    /// Runs to the end; all changes of files.
    pub(crate) fn recorded(&self, binary: &str, arguments: &[&str]) -> Vec<Change> {
        let record = tempfile::tempdir().unwrap();
        let record = record.path().join("changes");
        let mut command = self.command(binary, arguments);
        with_faults(self, &mut command, &record);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", super::text(&output));
        changes(&record)
    }

    /// Runs with a fault at a change, counted from 0; how the run ended, what it changed, and what it printed.
    pub(crate) fn with_fault(
        &self,
        binary: &str,
        arguments: &[&str],
        at: usize,
        fault: Fault,
    ) -> (ExitStatus, Vec<Change>, String) {
        let record = tempfile::tempdir().unwrap();
        let record = record.path().join("changes");
        // The library kills the leader of the session, which is not to be that of this test.
        let mut command = self.command("setsid", &[&[binary], arguments].concat());
        with_faults(self, &mut command, &record);
        command.env("XP_FAULTS_AT", at.to_string());
        let (fault, times) = match fault {
            Fault::Kill => ("kill".to_owned(), 1),
            Fault::Tear => ("tear".to_owned(), 1),
            Fault::Once(error) => (error.to_string(), 1),
            Fault::Always(error) => (error.to_string(), u64::MAX),
        };
        command
            .env("XP_FAULTS_DO", fault)
            .env("XP_FAULTS_TIMES", times.to_string());
        let process = Process::recorded(&mut command);
        let status = process.wait();
        let (_, printed) = process.finish();
        (status, changes(&record), printed)
    }
}
