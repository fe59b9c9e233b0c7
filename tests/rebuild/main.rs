//! What cargo compiles again: an edit recompiles exactly the experiments that use the edited file (design, "Rebuild rules"). Forty real
//! experiments and the real macro, in a path with spaces; a stub replaces the runtime, which `cargo check` would only read.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod workspace;

use std::collections::BTreeSet;

use workspace::Workspace;

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn an_edit_recompiles_exactly_its_users() {
    let workspace = Workspace::new(40);
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
    assert_eq!(of_20m.len(), 7);
    assert_eq!(workspace.check(), of_20m);

    workspace.edit(&workspace.path("data/locks/nasdaq_copy.lock.json"), "\n");
    assert_eq!(
        workspace.check(),
        names(&["hpo_2M_threshold_1pct_copya", "hpo_2M_threshold_1pct_copyb"])
    );

    workspace.edit(&workspace.path("configs/defaults.yaml"), "# a note\n");
    assert_eq!(workspace.check(), all);
}
