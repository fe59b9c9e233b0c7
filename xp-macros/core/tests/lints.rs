//! Lints: what each one says, on which token, and how an experiment allows it.

#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

mod right;
mod table;

use std::fs;

use right::{RIGHT, source};
use xp_macros_core::{Checked, Source, analyse_file};
use xp_spec::files::DEFAULTS;

/// The right experiment with a normalisation of its own, so that no default is linted, and one thing changed.
fn text(from: &str, to: &str) -> String {
    let text = RIGHT.replacen("context: 80", "context: 80, normalisation: zscore", 1);
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

fn checked(from: &str, to: &str) -> Checked {
    let name = "hpo_2M_threshold_1pct";
    let binary = match to {
        _ if to.starts_with("tier(500)") => format!("{name}_f500"),
        _ if to.starts_with('[') => format!("{name}_f{}", to.split(',').count()),
        _ => name.to_owned(),
    };
    let checked = analyse_file(&text(from, to), &source(&binary));
    checked.unwrap_or_else(|errors| unreachable!("{errors:?}"))
}

fn said(checked: &Checked) -> String {
    let findings = checked.findings.iter();
    let one = |finding: &xp_macros_core::Finding| {
        let allowed = finding.reason.as_ref();
        let allowed = allowed.map_or(String::new(), |reason| format!("allowed: {reason}\n"));
        finding.located("FILE.rs") + &allowed
    };
    findings.map(one).collect()
}

#[test]
fn every_lint_says_what_it_found() {
    for [name, from, to] in table::rows::<3>(include_str!("lints.txt")) {
        insta::assert_snapshot!(name, said(&checked(&from, &to)));
    }
}

/// What an experiment leaves out is blamed on what is normalised, and on the file of the default.
#[test]
fn a_default_is_linted_too() {
    let folder = tempfile::tempdir().unwrap();
    xp_test_support::copy_workspace(folder.path()).unwrap();
    let path = folder.path().join(DEFAULTS);
    let defaults = fs::read_to_string(&path).unwrap();
    let line = |line: &str| match line.starts_with("normalisation:") {
        true => "normalisation: revin\n".to_owned(),
        false => format!("{line}\n"),
    };
    fs::write(&path, defaults.lines().map(line).collect::<String>()).unwrap();
    let file = folder.path().join("hpo_2M_threshold_1pct.rs");
    let checked = analyse_file(RIGHT, &Source::of(&file).unwrap()).unwrap();
    let said = said(&checked);
    assert!(
        said.starts_with("FILE.rs:9:15: warning: revin_removes_level: "),
        "{said}"
    );
    assert!(said.contains("\n  --> configs/defaults.yaml:"), "{said}");
}

/// A lint changes no result: neither it nor what is allowed may make a new experiment of an old one.
#[test]
fn neither_lints_nor_allowances_are_in_the_hash() {
    let plain = checked("zscore", "revin");
    let allowed = checked(
        "normalisation: zscore",
        "normalisation: revin, allow: { revin_removes_level: \"a comparison\" }",
    );
    let reasons = |checked: &Checked| -> Vec<bool> {
        let findings = checked.findings.iter();
        findings.map(|finding| finding.reason.is_some()).collect()
    };
    assert_eq!(reasons(&plain), [false]);
    assert_eq!(reasons(&allowed), [true]);
    assert_eq!(plain.hash, allowed.hash);
    assert_eq!(plain.experiment, allowed.experiment);
}
