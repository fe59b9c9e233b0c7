//! What cargo compiles again: an edit recompiles exactly the experiments that use the edited file (design, "Rebuild rules"). Forty real
//! experiments and the real macro, in a path with spaces; a stand-in takes the place of the runtime, which `cargo check` would only read.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod place;

use std::collections::BTreeSet;

use place::Place;

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn an_edit_recompiles_exactly_its_users() {
    let place = Place::new(40);
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
