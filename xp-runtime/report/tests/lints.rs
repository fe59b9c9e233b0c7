//! What the report tells of the lints.

#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

mod synthetic;

use synthetic::{predictions, report, training};
use xp_report::log::LintFinding;

/// What the lints found is told with its reason, and never read as nothing found.
#[test]
fn lints_stand_in_the_flags_and_the_entry_of_a_run() {
    let folder = tempfile::tempdir().unwrap();
    let finding = |lint: &str, reason: Option<&str>| LintFinding {
        lint: lint.to_owned(),
        message: format!("{lint} found a thing"),
        reason: reason.map(str::to_owned),
    };
    let cell = LintFinding::to_cell(&[finding("small", None), finding("spiky", Some("one day"))]);
    for (seed, cell) in [(1, cell), (2, None), (3, Some("[".to_owned()))] {
        training(folder.path(), 0, seed, predictions(0.6, seed), |row| {
            row.lints = cell.clone();
        });
    }
    let text = report(folder.path());
    let entry = |seed: u64| {
        let (_, tail) = text
            .split_once(&format!(", seed {seed} — success"))
            .unwrap();
        tail.split("####").next().unwrap()
    };
    for (seed, part) in [
        (1, "lint small; lint spiky (allowed)"),
        (1, "lint: small: small found a thing\n"),
        (1, "lint: spiky: spiky found a thing (allowed: one day)\n"),
        (
            1,
            "parameters per training sample: 1,088 (1,822,697 by 1675 samples of train)\n",
        ),
        (3, "lint: unreadable: the log's `lints` cannot be read: "),
    ] {
        let plain = entry(seed).replace('\\', "");
        assert!(plain.contains(part), "{part}\n{plain}");
    }
    assert!(!entry(2).contains("lint"), "{}", entry(2));
}
