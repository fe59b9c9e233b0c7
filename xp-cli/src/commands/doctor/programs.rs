//! Versions of what builds and runs, and the variables that change it.

use std::{env, path::Path, process::Command};

use super::fact::Fact;
use crate::{libtorch, session::Session};

/// Variables whose values matter; of others of ours only that they are set.
const SHOWN: [&str; 10] = [
    "CARGO_TARGET_DIR",
    "RUSTFLAGS",
    "LIBTORCH",
    "XP_WORKSPACE",
    "XP_CLOCK_FILE",
    "XP_THERMAL_FILE",
    "OMP_NUM_THREADS",
    "CUDA_VISIBLE_DEVICES",
    "LD_LIBRARY_PATH",
    "TZ",
];
/// Beginnings of variables that are listed without their values.
const NAMED: [&str; 4] = ["XP_", "MLFLOW_", "HTTPS_PROXY", "https_proxy"];

/// Programs, libtorch and variables.
pub(super) fn facts(session: &Session) -> Vec<Fact> {
    let root = session.workspace.root();
    let mut facts = vec![
        ("workspace", root.display().to_string()),
        ("commit", commit(root)),
        ("rustc", first_line("rustc", &["-V"])),
        ("cargo", first_line("cargo", &["-V"])),
        ("C compiler", first_line("cc", &["--version"])),
        ("python3", first_line("python3", &["--version"])),
        ("C library", first_line("ldd", &["--version"])),
        ("libtorch", libtorch::state()),
    ];
    let mut variables: Vec<String> = env::vars()
        .filter_map(|(name, value)| {
            if SHOWN.contains(&name.as_str()) {
                Some(format!("{name}={value}"))
            } else {
                let is_ours = NAMED.iter().any(|start| name.starts_with(start));
                is_ours.then(|| format!("{name} is set"))
            }
        })
        .collect();
    variables.sort();
    let variables = if variables.is_empty() {
        "none of ours is set".to_owned()
    } else {
        variables.join("\n")
    };
    facts.push(("variables", variables));
    facts
}

/// The commit of a workspace, and whether files differ from it.
fn commit(root: &Path) -> String {
    let git = |arguments: &[&str]| {
        output(
            "git",
            &[&["-C", &root.to_string_lossy()], arguments].concat(),
        )
    };
    let Some(commit) = git(&["rev-parse", "--short=12", "HEAD"]) else {
        return "no git repository".to_owned();
    };
    let changed = git(&["status", "--porcelain"]).map_or(0, |text| text.lines().count());
    match changed {
        0 => commit.trim().to_owned(),
        count => format!("{}, {count} files differ", commit.trim()),
    }
}

/// What a program prints first; that it is absent, where it cannot be started.
pub(super) fn first_line(program: &str, arguments: &[&str]) -> String {
    let line =
        output(program, arguments).and_then(|text| text.lines().next().map(ToOwned::to_owned));
    line.unwrap_or_else(|| "not found".to_owned())
}

/// What a program prints, where it can be started and succeeds.
pub(super) fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then_some(text)
}
