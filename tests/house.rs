//! Rules of the house: import direction, file length, fresh index and locks.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap()
}

fn dependencies(package: &str) -> String {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "-p",
            package,
            "-e",
            "normal,build",
            "--prefix",
            "none",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn imports_point_one_way() {
    for (package, forbidden) in [
        ("xp-spec", &["polars", "tch", "xp-data", "xp-runtime"][..]),
        (
            "xp-macros",
            &[
                "polars",
                "tch",
                "torch-sys",
                "xp-data",
                "xp-runtime",
                "arrow",
            ][..],
        ),
        (
            "xp-cli",
            &["polars", "tch", "torch-sys", "xp-data", "xp-runtime"][..],
        ),
        ("xp-data", &["tch", "torch-sys", "xp-runtime"][..]),
        ("xp-search", &["polars", "tch", "torch-sys"][..]),
        ("xp-report", &["polars", "tch", "torch-sys"][..]),
        ("xp-baselines", &["polars", "tch", "torch-sys"][..]),
        ("xp-host", &["polars", "tch", "torch-sys"][..]),
        ("xp-step", &["polars", "tch", "torch-sys"][..]),
        ("xp-runtime", &["xp-macros", "xp-macros-core"][..]),
    ] {
        let tree = dependencies(package);
        for line in tree.lines() {
            let name = line.split_whitespace().next().unwrap_or_default();
            assert!(!forbidden.contains(&name), "{package} reaches {name}");
        }
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !["target", ".git", "outputs", "processed"].contains(&name.as_str()) {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn files_are_short_and_say_what_they_are_for() {
    let mut found = Vec::new();
    sources(&root(), &mut found);
    assert!(found.len() > 80, "{}", found.len());
    for path in found {
        let text = fs::read_to_string(&path).unwrap();
        let lines = text.lines().count();
        assert!(lines <= 700, "{} has {lines} lines", path.display());
        assert!(
            text.starts_with("//!"),
            "{} does not say what it is for",
            path.display()
        );
    }
}

/// A row of docs/failures.md without a test that exists is a claim.
#[test]
fn every_failure_has_its_tests() {
    let text = fs::read_to_string(root().join("docs/failures.md")).unwrap();
    let rows: Vec<Vec<&str>> = text
        .lines()
        .filter(|line| line.starts_with("| F"))
        .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect();
    let ids: Vec<&str> = rows.iter().map(|row| row[0]).collect();
    let expected: Vec<String> = (1..=47).map(|id| format!("F{id:02}")).collect();
    assert_eq!(ids, expected);
    for row in &rows {
        let [id, mechanism, tests] = row[..] else {
            panic!("{row:?} has other columns");
        };
        assert!(mechanism.len() > 20, "{id}");
        let named: Vec<&str> = tests
            .split(", ")
            .map(|test| test.trim_matches('`'))
            .collect();
        for test in named {
            let (file, name) = test
                .split_once("::")
                .unwrap_or_else(|| panic!("{id}: {test} is no file::test"));
            let source = fs::read_to_string(root().join(file))
                .unwrap_or_else(|cause| panic!("{id}: {file}: {cause}"));
            let found = source
                .split(&format!("fn {name}("))
                .next()
                .filter(|before| before.len() < source.len());
            let is_test = found.is_some_and(|before| {
                let attributes = before.rsplit("\n\n").next().unwrap_or_default();
                attributes.contains("#[test]")
            });
            assert!(is_test, "{id}: {file} has no test {name}");
        }
    }
}

#[test]
fn experiments_are_tiny() {
    for entry in fs::read_dir(root().join("experiments/src/bin")).unwrap() {
        let path = entry.unwrap().path();
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= 40, "{} has {lines} lines", path.display());
    }
}

#[test]
fn the_manifest_and_the_locks_agree() {
    let workspace = xp_spec::files::Workspace::find(&root()).unwrap();
    let manifest = workspace.manifest().unwrap();
    assert!(!manifest.processed.is_empty());
    for (name, entry) in &manifest.processed {
        let lock = workspace.lock(&entry.lock).unwrap();
        assert_eq!(
            (&lock.md5, lock.rows, &lock.name),
            (&entry.md5, entry.rows, name)
        );
        let spine = workspace.spine(&lock).unwrap();
        assert_eq!(spine.dates.len() as u64, lock.spine.rows);
    }
}

/// What an experiment means without saying it stands in `configs/defaults.yaml`; the libraries' own default is the same.
#[test]
fn the_default_strategy_is_the_one_of_the_defaults() {
    let workspace = xp_spec::files::Workspace::find(&root()).unwrap();
    let said = workspace.defaults().unwrap().search;
    let own = xp_spec::strategy::Strategy::default();
    assert_eq!(
        (said.sampler, said.startup_trials, said.pruner),
        (own.sampler, own.startup_trials, own.pruner)
    );
    assert_eq!(
        xp_spec::strategy::Pruner::named("successive_halving", 1),
        Some(own.pruner)
    );
}

/// F39, on the very file of the runtime in a crate of its own: a training opens test data, and a search that tries does not compile.
#[test]
fn a_search_that_opens_test_data_does_not_compile() {
    let sealed = root().join("xp-runtime/src/training/sealed.rs");
    let compiles = |search: &str| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sealed.rs");
        let text = format!(
            "#![allow(dead_code)]
pub mod train {{ pub struct Fitted; pub struct Region {{ pub labels: Vec<f32> }} }}
mod training {{
    #[path = {sealed:?}]
    mod sealed;
    pub(crate) use sealed::SealedTest;
    fn judge(test: &SealedTest, model: &crate::train::Fitted) -> usize {{ test.open(model).labels.len() }}
}}
mod search {{
    use crate::{{train::Fitted, training::SealedTest}};
    fn search(test: &SealedTest, model: &Fitted) -> usize {{ {search} }}
}}
"
        );
        fs::write(&file, text).unwrap();
        let output = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
            .args([
                "--edition",
                "2024",
                "--crate-type",
                "lib",
                "--emit",
                "metadata",
            ])
            .arg("--out-dir")
            .args([folder.path(), &file])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() {
            Ok(())
        } else {
            Err(said)
        }
    };
    compiles("let _ = (test, model); 0").unwrap();
    for (search, code) in [
        ("test.open(model).labels.len()", "E0624"),
        ("let _ = model; test.0.labels.len()", "E0616"),
        (
            "let SealedTest(inside) = test; let _ = model; inside.labels.len()",
            "E0532",
        ),
    ] {
        let said = compiles(search).unwrap_err();
        assert!(said.contains(code) && said.contains("private"), "{said}");
    }
}
