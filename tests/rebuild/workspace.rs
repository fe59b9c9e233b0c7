//! A workspace of real experiments and the real macro in a path with spaces, with a stub of the runtime, which `cargo check` would only read.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use xp_test_support::{copy_experiments, copy_workspace, root};

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
const STUB: &str = "//! A stub.
use std::process::ExitCode;
pub struct Borrowed { pub binary: &'static str, pub experiment: &'static str, pub hash: &'static str }
pub struct Input { pub path: &'static str, pub md5: &'static str }
pub struct Finding { pub lint: &'static str, pub message: &'static str, pub reason: Option<&'static str> }
pub struct Spec {
    pub hash: &'static str,
    pub workspace: &'static str,
    pub source: &'static str,
    pub inputs: &'static [Input],
    pub borrowed: &'static [Borrowed],
    pub findings: &'static [Finding],
    pub experiment: &'static str,
}
pub struct Context;
pub struct Journal;
pub struct Stage;
type Finished = Result<Stage, ()>;
pub fn preflight(_: &Context, _: &Journal) -> Finished { Ok(Stage) }
pub fn load_validated_data(_: &Context, _: &Journal) -> Finished { Ok(Stage) }
pub fn start_thermal_guard(_: &Context, _: &Journal, _: &Stage) -> Stage { Stage }
pub fn search(_: &Context, _: &Journal, _: &Stage, _: &Stage, _: Stage) -> Finished { Ok(Stage) }
pub fn train(_: &Context, _: &Journal, _: &Stage, _: &Stage, _: Stage) -> Finished { Ok(Stage) }
pub fn log_and_report(_: &Context, _: &Journal, _: Stage) -> Result<(), ()> { Ok(()) }
pub fn launch(_: &Spec, _: impl FnOnce(&Context, &Journal) -> Result<(), ()>) -> ExitCode { ExitCode::SUCCESS }
";

/// Files of a workspace of its own, removed with it.
pub(crate) struct Workspace {
    folder: tempfile::TempDir,
}

impl Workspace {
    /// A workspace with the shipped experiments and two on a data set of their own.
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("work space ")
            .tempdir()
            .unwrap();
        let workspace = Self { folder };
        copy_workspace(workspace.folder.path()).unwrap();
        copy_experiments(workspace.folder.path()).unwrap();
        let macros = root().canonicalize().unwrap().join("xp-macros");
        for (path, text) in [
            ("Cargo.toml", WORKSPACE.to_owned()),
            (
                "experiments/Cargo.toml",
                EXPERIMENTS.replace("MACROS", &macros.to_string_lossy()),
            ),
            ("xp-runtime/Cargo.toml", RUNTIME.to_owned()),
            ("xp-runtime/src/lib.rs", STUB.to_owned()),
        ] {
            let path = workspace.path(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        // The versions that are there: the test needs no network.
        fs::copy(root().join("Cargo.lock"), workspace.path("Cargo.lock")).unwrap();
        workspace.second_data_set();
        let search = fs::read_to_string(workspace.bin("hpo_2M_threshold_1pct_nasdaq")).unwrap();
        for variant in ["copya", "copyb"] {
            let context = if variant == "copya" { 60 } else { 70 };
            let text = search
                .replace("\"nasdaq\"", &format!("\"{variant}\""))
                .replace("nasdaq_daily.parquet", "nasdaq_copy.parquet")
                .replace("context: 80", &format!("context: {context}"));
            fs::write(
                workspace.bin(&format!("hpo_2M_threshold_1pct_{variant}")),
                text,
            )
            .unwrap();
        }
        workspace
    }

    /// A second processed data set, `nasdaq_copy`, with the content of `nasdaq_daily`.
    fn second_data_set(&self) {
        let lock = fs::read_to_string(self.path("data/locks/nasdaq_daily.lock.json")).unwrap();
        fs::write(
            self.path("data/locks/nasdaq_copy.lock.json"),
            lock.replace("\"name\": \"nasdaq_daily\"", "\"name\": \"nasdaq_copy\""),
        )
        .unwrap();
        let manifest = fs::read_to_string(self.path("data/manifest.yaml")).unwrap();
        let (_, processed) = manifest.split_once("processed:\n").unwrap();
        let (_, entry) = processed.split_once("  nasdaq_daily:\n").unwrap();
        let fields = entry.lines().take_while(|line| line.starts_with("    "));
        let fields: String = fields.map(|line| format!("{line}\n")).collect();
        let copy = format!("  nasdaq_copy:\n{fields}")
            .replace("processed/nasdaq_daily", "processed/nasdaq_copy")
            .replace("locks/nasdaq_daily", "locks/nasdaq_copy");
        fs::write(self.path("data/manifest.yaml"), format!("{manifest}{copy}")).unwrap();
    }

    pub(crate) fn path(&self, part: &str) -> PathBuf {
        self.folder.path().join(part)
    }

    pub(crate) fn bin(&self, name: &str) -> PathBuf {
        self.path("experiments/src/bin").join(format!("{name}.rs"))
    }

    pub(crate) fn binaries(&self) -> BTreeSet<String> {
        fs::read_dir(self.path("experiments/src/bin"))
            .unwrap()
            .map(|entry| {
                let path = entry.unwrap().path();
                path.file_stem().unwrap().to_string_lossy().into_owned()
            })
            .collect()
    }

    /// Adds a comment, which changes nothing but the file.
    pub(crate) fn edit(&self, path: &Path, comment: &str) {
        let text = fs::read_to_string(path).unwrap();
        fs::write(path, text + comment).unwrap();
    }

    /// Runs `cargo check` of all experiments; names of those that were compiled.
    pub(crate) fn check(&self) -> BTreeSet<String> {
        let output = self
            .cargo(&["--bins", "--message-format", "json"])
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

    /// `cargo check` with these arguments, from another folder.
    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO"));
        command
            .args(["check", "--offline"])
            .args(arguments)
            .arg("--manifest-path")
            .arg(self.path("experiments/Cargo.toml"))
            // Kept between runs: the macro's dependencies are compiled once.
            .env("CARGO_TARGET_DIR", root().join("target/rebuild"))
            // Each run has a folder of its own, of which nothing should stay in the target folder.
            .env("CARGO_INCREMENTAL", "0")
            .env_remove("LIBTORCH")
            .current_dir(std::env::temp_dir());
        command
    }

    /// `cargo check` of one experiment, which may fail.
    pub(crate) fn cargo_check(&self, binary: &str) -> std::process::Output {
        self.cargo(&["--bin", binary]).output().unwrap()
    }
}
