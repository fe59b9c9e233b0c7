//! Mistakes in the files beside an experiment: the message names the file, its position where there is one, and the remedy.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod right;
mod table;

use std::{fs, path::Path};

use right::RIGHT;
use table::rows;
use xp_macros_core::{Source, analyse_file};
use xp_test_support::copy_workspace;

const LOCK: &str = "data/locks/nasdaq_daily.lock.json";
const YAML: &str = "configs/model/patchtst_2m.yaml";
const MANIFEST: &str = "data/manifest.yaml";
const PARQUET: &str = "data/processed/nasdaq_daily.parquet";

/// All messages of an experiment in a workspace.
fn messages(root: &Path, text: &str) -> String {
    let file = root.join("experiments/src/bin/hpo_2M_threshold_1pct.rs");
    match analyse_file(text, &Source::of(&file).unwrap()) {
        Ok(_) => "valid".to_owned(),
        Err(errors) => errors
            .iter()
            .map(|error| {
                let at = error.span.start();
                format!("{}:{}: {}\n", at.line, at.column + 1, error.message())
            })
            .collect(),
    }
}

/// What is said when one text of a file is another.
fn changed(path: &str, from: &str, to: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    copy_workspace(folder.path()).unwrap();
    let file = folder.path().join(path);
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{path}: {from}");
    fs::write(&file, text.replacen(from, to, 1)).unwrap();
    messages(folder.path(), RIGHT)
}

#[test]
fn a_copy_of_the_workspace_is_valid() {
    let folder = tempfile::tempdir().unwrap();
    copy_workspace(folder.path()).unwrap();
    assert_eq!(messages(folder.path(), RIGHT), "valid");
}

#[test]
fn facts_of_the_lock_are_checked() {
    for [name, path, from, to] in rows(include_str!("lock_faults.txt")) {
        insta::assert_snapshot!(name.as_str(), changed(&path, &from, &to));
    }
}

#[test]
fn yaml_faults_have_their_position() {
    for [name, path, from, to] in rows(include_str!("yaml_faults.txt")) {
        insta::assert_snapshot!(name.as_str(), changed(&path, &from, &to));
    }
    let folder = tempfile::tempdir().unwrap();
    copy_workspace(folder.path()).unwrap();
    fs::remove_file(folder.path().join(YAML)).unwrap();
    insta::assert_snapshot!("yaml_missing", messages(folder.path(), RIGHT));
}

/// The shape of the YAML off its budget: refused where it is used, with the YAML's path (F02, F03).
#[test]
fn the_shape_of_a_yaml_is_counted_where_it_is_used() {
    let folder = tempfile::tempdir().unwrap();
    copy_workspace(folder.path()).unwrap();
    let yaml = folder.path().join(YAML);
    let text = fs::read_to_string(&yaml).unwrap();
    fs::write(&yaml, text.replace("d_model: 192", "d_model: 288")).unwrap();
    // A file that contradicts itself is refused, whoever reads it.
    insta::assert_snapshot!("yaml_reference", messages(folder.path(), RIGHT));
    let large = text
        .replace("n_layers: 4", "n_layers: 8")
        .replace("parameters: 1822657", "parameters: 3602113");
    fs::write(&yaml, large).unwrap();
    let fixed = RIGHT.replace("architecture: grid", "architecture: fixed");
    insta::assert_snapshot!("yaml_shape", messages(folder.path(), &fixed));
}

/// Rows that lock and manifest agree on, and the prices do not; statistics that no numbers have (F18).
#[test]
fn a_forged_lock_is_compared_with_its_prices() {
    let folder = tempfile::tempdir().unwrap();
    copy_workspace(folder.path()).unwrap();
    let (lock, manifest) = (folder.path().join(LOCK), folder.path().join(MANIFEST));
    let texts = [&lock, &manifest].map(|path| fs::read_to_string(path).unwrap());
    fs::write(
        &lock,
        texts[0].replacen("\"rows\": 4779", "\"rows\": 100", 1),
    )
    .unwrap();
    fs::write(&manifest, texts[1].replacen("rows: 4779", "rows: 100", 1)).unwrap();
    insta::assert_snapshot!("lock_forged_rows", messages(folder.path(), RIGHT));
    fs::write(&manifest, &texts[1]).unwrap();
    let first = texts[0].find("\"train\":[").unwrap() + "\"train\":[".len();
    let end = first + texts[0].get(first..).unwrap().find(']').unwrap();
    let mut forged = texts[0].clone();
    forged.replace_range(first..end, "0.0,1.0,0.5,-1.0");
    fs::write(&lock, forged).unwrap();
    insta::assert_snapshot!("lock_forged_statistics", messages(folder.path(), RIGHT));
}

/// F06 through the YAML: heads that do not divide.
#[test]
fn the_heads_of_a_yaml_are_checked_where_they_are_used() {
    let folder = tempfile::tempdir().unwrap();
    copy_workspace(folder.path()).unwrap();
    let yaml = folder.path().join(YAML);
    let text = fs::read_to_string(&yaml).unwrap();
    fs::write(&yaml, text.replace("n_heads: 6", "n_heads: 7")).unwrap();
    let fixed = RIGHT.replace("architecture: grid", "architecture: fixed");
    insta::assert_snapshot!("yaml_heads", messages(folder.path(), &fixed));
}

/// A processed file that is there must be what its lock says (F18).
#[test]
fn a_parquet_that_disagrees_with_its_lock_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    copy_workspace(folder.path()).unwrap();
    let parquet = folder.path().join(PARQUET);
    fs::create_dir_all(parquet.parent().unwrap()).unwrap();
    fs::write(&parquet, b"date,rsi_14\n2007-01-01,50\n").unwrap();
    insta::assert_snapshot!("parquet_is_none", messages(folder.path(), RIGHT));
}
