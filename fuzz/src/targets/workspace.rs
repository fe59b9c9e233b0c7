//! Files of a workspace, each mutated while the others are as shipped, and an experiment that is checked in it, as the macro does.

use std::{fs, path::PathBuf};

use tempfile::TempDir;
use xp_macros_core::{Source, analyse_file};
use xp_spec::files::Workspace;
use xp_test_support::copy_workspace;

use super::target::{Run, Target};

/// The experiment that is checked: of the shortest shipped data.
const BINARY: &str = "experiments/src/bin/hpo_2M_threshold_1pct_nasdaq.rs";

pub(super) const EXPERIMENT: Target = target(
    "experiment",
    &[
        BINARY,
        "experiments/src/bin/train_2M_threshold_1pct_nasdaq.rs",
    ],
);
pub(super) const MANIFEST: Target = target("manifest", &["data/manifest.yaml"]);
pub(super) const DEFAULTS: Target = target("defaults", &["configs/defaults.yaml"]);
pub(super) const DEVICES: Target = target("devices", &["configs/devices.yaml"]);
pub(super) const MODEL: Target = target(
    "model",
    &[
        "configs/model/patchtst_2m.yaml",
        "configs/model/patchtst_2b.yaml",
    ],
);
pub(super) const LOCK: Target = target("lock", &["data/locks/nasdaq_daily.lock.json"]);
pub(super) const PRICES: Target = target("prices", &["data/raw/nasdaq_daily.csv"]);

/// A target whose input replaces the first of these files.
const fn target(name: &'static str, shipped: &'static [&'static str]) -> Target {
    Target {
        name,
        shipped,
        start: mutated,
    }
}

/// A workspace, and the file of it that inputs replace.
struct Mutated {
    folder: TempDir,
    file: PathBuf,
}

fn mutated(target: &Target) -> Run {
    let folder = tempfile::tempdir().unwrap();
    copy_workspace(folder.path()).unwrap();
    let binary = folder.path().join(BINARY);
    fs::create_dir_all(binary.parent().unwrap()).unwrap();
    fs::copy(xp_test_support::root().join(BINARY), &binary).unwrap();
    let mutated = Mutated {
        file: folder.path().join(target.shipped[0]),
        folder,
    };
    Box::new(move |input| mutated.check(input))
}

impl Mutated {
    fn check(&self, input: &[u8]) {
        fs::write(&self.file, input).unwrap();
        // Read anew each time: a workspace remembers what it read.
        let Some(workspace) = Workspace::find(self.folder.path()) else {
            return;
        };
        let _ = workspace.devices();
        let binary = self.folder.path().join(BINARY);
        let text = fs::read(&binary).unwrap();
        let Some(source) = Source::within(&binary, workspace) else {
            return;
        };
        let _ = analyse_file(&String::from_utf8_lossy(&text), &source);
    }
}
