//! What cargo compiles again: an edit recompiles exactly the experiments that use the edited file (design, "Rebuild rules"). The shipped
//! experiments and the real macro, in a path with spaces; a stub replaces the runtime, which `cargo check` would only read.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod workspace;

use std::{
    collections::BTreeSet,
    fs,
    sync::{Mutex, PoisonError},
};

use workspace::Workspace;

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Held by a test: the workspaces share a target folder, where cargo takes one for the other by its relative paths.
static ALONE: Mutex<()> = Mutex::new(());

#[test]
fn an_edit_recompiles_exactly_its_users() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let workspace = Workspace::new();
    let all = workspace.binaries();
    assert_eq!(workspace.check(), all, "the first check compiles all");
    assert_eq!(workspace.check(), names(&[]), "nothing changed");

    workspace.edit(&workspace.bin("hpo_2M_threshold_1pct_f100"), "// one\n");
    assert_eq!(workspace.check(), names(&["hpo_2M_threshold_1pct_f100"]));

    workspace.edit(&workspace.bin("hpo_2M_threshold_3pct"), "// borrowed\n");
    assert_eq!(
        workspace.check(),
        names(&[
            "hpo_2M_threshold_3pct",
            "train_2M_threshold_2pct",
            "train_2M_threshold_3pct"
        ])
    );

    workspace.edit(
        &workspace.path("configs/model/patchtst_20m.yaml"),
        "# a note\n",
    );
    let of_20m: BTreeSet<String> = all
        .iter()
        .filter(|name| name.contains("_20M_"))
        .cloned()
        .collect();
    assert_eq!(of_20m.len(), 14);
    assert_eq!(workspace.check(), of_20m);

    workspace.edit(&workspace.path("data/locks/nasdaq_copy.lock.json"), "\n");
    assert_eq!(
        workspace.check(),
        names(&["hpo_2M_threshold_1pct_copya", "hpo_2M_threshold_1pct_copyb"])
    );

    workspace.edit(&workspace.path("configs/defaults.yaml"), "# a note\n");
    assert_eq!(workspace.check(), all);
}

/// Of a macro on stable Rust: rustc shows what a lint finds on its token, `-D warnings` refuses it, and a reason silences it.
#[test]
fn a_lint_is_a_warning_of_rustc_on_its_token() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let workspace = Workspace::new();
    let name = "hpo_2M_threshold_3pct";
    // Whatever the file has, this is linted for its split alone.
    let own = |line: &str| {
        match line.trim_start().split(':').next() {
        Some("allow" | "normalisation") => String::new(),
        Some("data") => "    data: \"data/processed/nasdaq_daily.parquet\",\n".to_owned(),
        Some("split") => "    normalisation: zscore,\n    split: { val: \"2003-06-01\", test: \"2010-01-01\" },\n".to_owned(),
        _ => format!("{line}\n"),
    }
    };
    let text = fs::read_to_string(workspace.bin(name)).unwrap();
    let text: String = text.lines().map(own).collect();
    let allowing = |reason: &str| {
        let allow = format!("    allow: {{ small_training_region: \"{reason}\" }},\n");
        text.replace("    run:", &format!("{allow}    run:"))
    };
    let check = |text: &str| {
        fs::write(workspace.bin(name), text).unwrap();
        let output = workspace.cargo_check(name);
        let said = String::from_utf8(output.stderr).unwrap();
        (output.status.success(), said)
    };
    let split = text
        .lines()
        .position(|line| line.contains("split:"))
        .unwrap()
        + 1;
    let found = "use of deprecated constant `_::lint::small_training_region`: train has ";
    let at = format!("experiments/src/bin/{name}.rs:{split}:19");
    let (passed, said) = check(&text);
    assert!(passed, "{said}");
    for part in [&format!("warning: {found}"), &at, "help: a later `val`"] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    let manifest = workspace.path("experiments/Cargo.toml");
    workspace.edit(
        &manifest,
        "[lints.rust]\nwarnings = \"deny\"\nnon_snake_case = \"allow\"\n",
    );
    let (passed, said) = check(&text);
    assert!(
        !passed && said.contains(&format!("error: {found}")),
        "{said}"
    );
    let (passed, said) = check(&allowing("a crisis is in it"));
    assert!(passed && !said.contains("::lint::"), "{said}");
}
