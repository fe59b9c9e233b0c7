//! What cargo compiles again: an edit recompiles exactly the experiments that use the edited file (design, "Rebuild rules"). Forty real
//! experiments and the real macro, in a path with spaces; a stand-in takes the place of the runtime, which `cargo check` would only read.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use xp_test_workspace::{copy_experiments, copy_workspace, root};

const WORKSPACE: &str = r#"[workspace]
resolver = "3"
members = ["experiments", "xp-runtime"]
"#;
const EXPERIMENTS: &str = r#"[package]
name = "experiments"
version = "0.1.0"
edition = "2024"
[dependencies]
xp-macros = { path = "MACROS" }
xp-runtime = { path = "../xp-runtime" }
"#;
const RUNTIME: &str = r#"[package]
name = "xp-runtime"
version = "0.1.0"
edition = "2024"
"#;
/// The part of the runtime's interface that an expansion names.
const STAND_IN: &str = "//! A stand-in.
use std::process::ExitCode;
pub struct Borrowed { pub binary: &'static str, pub experiment: &'static str, pub hash: &'static str }
pub struct Spec {
    pub hash: &'static str,
    pub workspace: &'static str,
    pub source: &'static str,
    pub borrowed: &'static [Borrowed],
    pub experiment: &'static str,
}
pub struct Run;
impl Run {
    pub fn preflight(&self) -> Result<(), ()> { Ok(()) }
    pub fn load_validated_data(&self) -> Result<(), ()> { Ok(()) }
    pub fn start_thermal_guard(&self) -> Result<(), ()> { Ok(()) }
    pub fn search(&self, _: &(), _: &()) -> Result<(), ()> { Ok(()) }
    pub fn train(&self, _: &(), _: &()) -> Result<(), ()> { Ok(()) }
    pub fn log_and_report(&self, _: ()) -> Result<(), ()> { Ok(()) }
}
pub fn launch(_: &Spec, _: impl FnOnce(&Run) -> Result<(), ()>) -> ExitCode { ExitCode::SUCCESS }
";

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    /// A workspace with forty experiments, two of them on a data set of their own.
    fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("work space ")
            .tempdir()
            .unwrap();
        let place = Self { folder };
        copy_workspace(place.folder.path()).unwrap();
        copy_experiments(place.folder.path()).unwrap();
        let macros = root().canonicalize().unwrap().join("xp-macros");
        for (path, text) in [
            ("Cargo.toml", WORKSPACE.to_owned()),
            (
                "experiments/Cargo.toml",
                EXPERIMENTS.replace("MACROS", &macros.to_string_lossy()),
            ),
            ("xp-runtime/Cargo.toml", RUNTIME.to_owned()),
            ("xp-runtime/src/lib.rs", STAND_IN.to_owned()),
        ] {
            let path = place.path(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        // The versions that are there: the test needs no network.
        fs::copy(root().join("Cargo.lock"), place.path("Cargo.lock")).unwrap();
        place.second_data_set();
        let search = fs::read_to_string(place.bin("hpo_2M_threshold_1pct")).unwrap();
        let count = place.binaries().len();
        for number in count..38 {
            let variant = format!("context{}", 90 + 10 * number);
            let text = search
                .replace(
                    "    budget:",
                    &format!("    variant: \"{variant}\",\n    budget:"),
                )
                .replace("context: 80", &format!("context: {}", 90 + 10 * number));
            fs::write(place.bin(&format!("hpo_2M_threshold_1pct_{variant}")), text).unwrap();
        }
        for variant in ["copya", "copyb"] {
            let context = if variant == "copya" { 60 } else { 70 };
            let text = search
                .replace(
                    "    budget:",
                    &format!("    variant: \"{variant}\",\n    budget:"),
                )
                .replace("nasdaq_daily.parquet", "nasdaq_copy.parquet")
                .replace("context: 80", &format!("context: {context}"));
            fs::write(place.bin(&format!("hpo_2M_threshold_1pct_{variant}")), text).unwrap();
        }
        assert_eq!(place.binaries().len(), 40);
        place
    }

    /// A processed data set `nasdaq_copy` beside `nasdaq_daily`.
    fn second_data_set(&self) {
        let lock = fs::read_to_string(self.path("data/locks/nasdaq_daily.lock.json")).unwrap();
        fs::write(
            self.path("data/locks/nasdaq_copy.lock.json"),
            lock.replace("\"name\": \"nasdaq_daily\"", "\"name\": \"nasdaq_copy\""),
        )
        .unwrap();
        let manifest = fs::read_to_string(self.path("data/manifest.yaml")).unwrap();
        let (_, entry) = manifest.split_once("processed:\n").unwrap();
        let copy = entry
            .replacen("  nasdaq_daily:", "  nasdaq_copy:", 1)
            .replace("processed/nasdaq_daily", "processed/nasdaq_copy")
            .replace("locks/nasdaq_daily", "locks/nasdaq_copy");
        fs::write(self.path("data/manifest.yaml"), format!("{manifest}{copy}")).unwrap();
    }

    fn path(&self, part: &str) -> PathBuf {
        self.folder.path().join(part)
    }

    fn bin(&self, name: &str) -> PathBuf {
        self.path("experiments/src/bin").join(format!("{name}.rs"))
    }

    fn binaries(&self) -> BTreeSet<String> {
        fs::read_dir(self.path("experiments/src/bin"))
            .unwrap()
            .map(|entry| {
                let path = entry.unwrap().path();
                path.file_stem().unwrap().to_string_lossy().into_owned()
            })
            .collect()
    }

    /// Adds a comment, which changes nothing but the file.
    fn edit(&self, path: &Path, comment: &str) {
        let text = fs::read_to_string(path).unwrap();
        fs::write(path, text + comment).unwrap();
    }

    /// Runs `cargo check` from another folder; names of the experiments that were compiled.
    fn check(&self) -> BTreeSet<String> {
        let output = Command::new(env!("CARGO"))
            .args(["check", "--offline", "--bins", "--message-format", "json"])
            .arg("--manifest-path")
            .arg(self.path("experiments/Cargo.toml"))
            // Kept between runs: the macro's dependencies are compiled once.
            .env("CARGO_TARGET_DIR", root().join("target/rebuild"))
            // Each run has a folder of its own, of which nothing should stay.
            .env("CARGO_INCREMENTAL", "0")
            .env_remove("LIBTORCH")
            .current_dir(std::env::temp_dir())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
            .filter(|message| {
                message["reason"] == "compiler-artifact"
                    && message["fresh"] == false
                    && message["target"]["kind"][0] == "bin"
            })
            .map(|message| message["target"]["name"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn an_edit_recompiles_exactly_its_users() {
    let place = Place::new();
    let all = place.binaries();
    assert_eq!(place.check(), all, "the first check compiles all");
    assert_eq!(place.check(), names(&[]), "nothing changed");

    place.edit(&place.bin("hpo_2M_threshold_1pct_f100"), "// one\n");
    assert_eq!(place.check(), names(&["hpo_2M_threshold_1pct_f100"]));

    place.edit(&place.bin("hpo_2M_threshold_3pct"), "// borrowed\n");
    assert_eq!(
        place.check(),
        names(&[
            "hpo_2M_threshold_3pct",
            "train_2M_threshold_2pct",
            "train_2M_threshold_3pct"
        ])
    );

    place.edit(&place.path("configs/model/patchtst_20m.yaml"), "# a note\n");
    let of_20m: BTreeSet<String> = all
        .iter()
        .filter(|name| name.contains("_20M_"))
        .cloned()
        .collect();
    assert_eq!(of_20m.len(), 7);
    assert_eq!(place.check(), of_20m);

    place.edit(&place.path("data/locks/nasdaq_copy.lock.json"), "\n");
    assert_eq!(
        place.check(),
        names(&["hpo_2M_threshold_1pct_copya", "hpo_2M_threshold_1pct_copyb"])
    );

    place.edit(&place.path("configs/defaults.yaml"), "# a note\n");
    assert_eq!(place.check(), all);
}
