//! A copy of the workspace to try commands in.

use std::{fs, path::PathBuf, process::Command};

use xp_test_support::{copy_experiments, copy_workspace};

/// The copy, without cargo, libtorch or processed data.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self::keeping("")
    }

    /// One with those experiments only that have this part in their names, which is read faster.
    pub(crate) fn keeping(part: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy_workspace(folder.path()).unwrap();
        copy_experiments(folder.path()).unwrap();
        for file in fs::read_dir(folder.path().join("experiments/src/bin")).unwrap() {
            let path = file.unwrap().path();
            if !path.to_string_lossy().contains(part) {
                fs::remove_file(path).unwrap();
            }
        }
        Self { folder }
    }

    pub(crate) fn path(&self, part: &str) -> PathBuf {
        self.folder.path().join(part)
    }

    /// Exit code and all output.
    pub(crate) fn xp(&self, arguments: &str) -> (i32, String) {
        let words: Vec<_> = arguments.split_whitespace().collect();
        self.xp_with(&words, &[])
    }

    /// The same with variables of the environment.
    pub(crate) fn xp_with(&self, words: &[&str], variables: &[(&str, &str)]) -> (i32, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_cargo-xp"))
            .args(words)
            .current_dir(self.path("configs"))
            // Nothing else can be started, and the width is that of no terminal.
            .env("PATH", "")
            .env_remove("LIBTORCH")
            .env_remove("CARGO")
            .env_remove("COLUMNS")
            .env_remove("CLICOLOR_FORCE")
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].concat();
        (
            output.status.code().unwrap_or(-1),
            String::from_utf8(text).unwrap(),
        )
    }
}
