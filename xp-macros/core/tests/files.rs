//! Mistakes in the files beside an experiment: the message names the file, its position where there is one, and the remedy.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod right;

use std::{fs, path::Path};

use right::RIGHT;
use xp_macros_core::{Source, analyse_file};
use xp_test_support::copy_workspace;

const LOCK: &str = "data/locks/nasdaq_daily.lock.json";
const YAML: &str = "configs/model/patchtst_2m.yaml";
const DEFAULTS: &str = "configs/defaults.yaml";
const MANIFEST: &str = "data/manifest.yaml";
const PRICES: &str = "data/raw/nasdaq_daily.csv";
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
    for (name, path, from, to) in [
        // F19, F20, F22: a feature that is text, has gaps, or is not proved to look back only.
        (
            "column_of_text",
            LOCK,
            "\"tier\":20,\"dtype\":\"f32\"",
            "\"tier\":20,\"dtype\":\"str\"",
        ),
        (
            "column_with_nulls",
            LOCK,
            "\"dtype\":\"f32\",\"nulls\":0",
            "\"dtype\":\"f32\",\"nulls\":12",
        ),
        (
            "column_not_causal",
            LOCK,
            "\"causal_cuts\":3",
            "\"causal_cuts\":0",
        ),
        // F18: another version, fewer rows, a lock of the future, other prices.
        ("lock_stale", LOCK, "\"rows\": 4779", "\"rows\": 4700"),
        ("lock_version", LOCK, "\"version\": 2", "\"version\": 3"),
        ("lock_torn", LOCK, "\"columns\": [", "\"columns\": {"),
        ("prices_changed", PRICES, "1999-01-04", "1999-01-03"),
        ("manifest_key", MANIFEST, "rows: 4779", "rowz: 4779"),
        ("manifest_version", MANIFEST, "version: 1", "version: 3"),
        (
            "manifest_path",
            MANIFEST,
            "path: data/raw",
            "path: /data/raw",
        ),
        // F21: made from another raw file, or from one that is not there.
        (
            "lineage_gone",
            MANIFEST,
            "nasdaq_daily.lock.json\n    raw: nasdaq_daily",
            "nasdaq_daily.lock.json\n    raw: nowhere",
        ),
        (
            "lineage_stale",
            MANIFEST,
            "nasdaq_daily.lock.json\n    raw: nasdaq_daily\n    raw_md5: ",
            "nasdaq_daily.lock.json\n    raw: nasdaq_daily\n    raw_md5: 0",
        ),
        // The lock against its prices and against itself.
        (
            "lock_first",
            LOCK,
            "\"first\": \"",
            "\"first\": \"tomorrow ",
        ),
        (
            "lock_tier",
            LOCK,
            "\"dema_9\",\"tier\":20",
            "\"dema_9\",\"tier\":0",
        ),
        ("lock_key", LOCK, "\"timescale\"", "\"timescal\""),
    ] {
        insta::assert_snapshot!(name, changed(path, from, to));
    }
}

#[test]
fn yaml_faults_have_their_position() {
    for (name, path, from, to) in [
        ("yaml_wrong_type", YAML, "patch: 10", "patch: ten"),
        ("yaml_unknown_key", YAML, "stride: 10", "strid: 10"),
        // F01: a horizon in a YAML is a second home of a value.
        (
            "yaml_horizon",
            YAML,
            "channels: mixed",
            "channels: mixed\nhorizon: 1",
        ),
        ("yaml_budget", YAML, "budget: 2M", "budget: 20M"),
        ("yaml_torn", YAML, "architecture: {", "architecture: {{"),
        ("yaml_patching", YAML, "stride: 10", "stride: 9"),
        ("yaml_key_missing", YAML, "patch: 10 ", "# patch: 10 "),
        (
            "yaml_key_twice",
            YAML,
            "channels: mixed",
            "channels: mixed\nchannels: mixed",
        ),
        ("defaults_loss", DEFAULTS, "loss: bce", "loss: mae"),
        (
            "defaults_dropout",
            DEFAULTS,
            "head_dropout: 0.0",
            "head_dropout: 7.0",
        ),
        (
            "defaults_batch",
            DEFAULTS,
            "batch_size: 32",
            "batch_size: 0",
        ),
        (
            "defaults_thermal",
            DEFAULTS,
            "pause_above: 85.0",
            "pause_above: 50.0",
        ),
        ("yaml_stride_skips", YAML, "stride: 10", "stride: 35"),
    ] {
        insta::assert_snapshot!(name, changed(path, from, to));
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
