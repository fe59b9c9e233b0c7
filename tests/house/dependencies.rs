//! Imports between crates point one way: what each crate must not reach, directly or through others.

use std::process::Command;

use crate::workspace::{crates, root};

const TENSORS_AND_FRAMES: &[&str] = &["polars", "tch", "torch-sys"];

/// Of each crate what it must not reach; `xp-*` is every other crate of this workspace.
const FORBIDDEN: &[(&str, &[&[&str]])] = &[
    (
        "xp-bars",
        &[TENSORS_AND_FRAMES, &["xp-data", "xp-runtime", "xp-clock"]],
    ),
    ("xp-baselines", &[TENSORS_AND_FRAMES]),
    ("xp-cli", &[TENSORS_AND_FRAMES, &["xp-data", "xp-runtime"]]),
    ("xp-clock", &[TENSORS_AND_FRAMES, &["xp-*"]]),
    ("xp-data", &[&["tch", "torch-sys", "xp-runtime"]]),
    (
        "xp-engine",
        &[&[
            "polars",
            "xp-data",
            "xp-report",
            "xp-search",
            "xp-runtime",
            "clap",
        ]],
    ),
    ("xp-host", &[TENSORS_AND_FRAMES]),
    (
        "xp-macros",
        &[TENSORS_AND_FRAMES, &["xp-data", "xp-runtime", "arrow"]],
    ),
    (
        "xp-macros-core",
        &[TENSORS_AND_FRAMES, &["xp-data", "xp-runtime", "arrow"]],
    ),
    ("xp-metrics", &[TENSORS_AND_FRAMES, &["xp-*"]]),
    (
        "xp-postgres",
        &[
            TENSORS_AND_FRAMES,
            &["xp-search", "xp-report", "xp-runtime"],
        ],
    ),
    ("xp-report", &[TENSORS_AND_FRAMES]),
    ("xp-runtime", &[&["xp-macros", "xp-macros-core"]]),
    (
        "xp-scaling",
        &[
            TENSORS_AND_FRAMES,
            &["xp-spec", "xp-report", "xp-runtime", "serde_json"],
        ],
    ),
    ("xp-search", &[TENSORS_AND_FRAMES]),
    (
        "xp-simulation",
        &[TENSORS_AND_FRAMES, &["xp-data", "xp-runtime"]],
    ),
    ("xp-spec", &[TENSORS_AND_FRAMES, &["xp-*"]]),
    ("xp-step", &[TENSORS_AND_FRAMES]),
    (
        "xp-terminal",
        &[
            TENSORS_AND_FRAMES,
            &["xp-data", "xp-runtime", "xp-macros-core", "clap"],
        ],
    ),
    ("xp-test-support", &[TENSORS_AND_FRAMES]),
    ("xp-faults", &[TENSORS_AND_FRAMES, &["xp-*"]]),
];

/// Crates that hold no library that another one could import wrongly.
const FREE: &[&str] = &["experiments", "xp-fuzz", "xp-runtime-dylib", "xp-tests"];

/// Names of all packages that a package is built of.
fn dependencies(package: &str) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "-p", package, "-e", "normal,build"])
        .args(["--prefix", "none"])
        .current_dir(root())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let lines = String::from_utf8(output.stdout).unwrap();
    let name = |line: &str| line.split_whitespace().next().map(ToOwned::to_owned);
    lines.lines().filter_map(name).collect()
}

#[test]
fn imports_point_one_way() {
    for krate in crates() {
        let package = krate.name.as_str();
        if FREE.contains(&package) {
            continue;
        }
        let Some((_, forbidden)) = FORBIDDEN.iter().find(|(name, _)| *name == package) else {
            panic!("{package} is new: add what it must not reach to FORBIDDEN");
        };
        for name in dependencies(package) {
            let is_forbidden = forbidden.iter().copied().flatten().any(|forbidden| {
                *forbidden == name
                    || (*forbidden == "xp-*" && name.starts_with("xp-") && name != package)
            });
            assert!(!is_forbidden, "{package} reaches {name}");
        }
    }
}
