//! Paired differences of synthetic runs whose truth is known, what is matched, and what is refused.

#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

mod synthetic;

use std::path::Path;

use serde_json::json;
use synthetic::{DAYS, predictions, training_with};
use xp_report::{
    log::{LogRow, Status},
    record::{Predictions, RunRecord},
    report::{Comparison, compare, comparison_markdown},
};

const A: &str = "phase6a_train_2M_threshold_1pct";
const B: &str = "phase6a_train_20M_threshold_1pct";

/// A seed of a budget with equal predictions on validation and test.
fn put(workspace: &Path, budget: usize, seed: u64, loss: f64) {
    put_with(workspace, budget, seed, loss, |_| (), |_| ());
}

fn put_with(
    workspace: &Path,
    budget: usize,
    seed: u64,
    loss: f64,
    row: impl Fn(&mut LogRow),
    record: impl Fn(&mut RunRecord),
) {
    let set = predictions(loss, 10 * budget as u64 + seed);
    training_with(workspace, budget, seed, set.clone(), row, |written| {
        written.val = Some(set.clone());
        written.spec = Some(json!({
            "task": "threshold_1pct", "label_price": "high", "context": 20 + 20 * budget,
            "data": {"name": "sp500_daily", "prices_md5": "p"},
        }));
        record(written);
    });
}

fn days(set: &mut Predictions, kept: std::ops::Range<usize>) {
    set.dates = set.dates[kept.clone()].to_vec();
    set.labels = set.labels[kept.clone()].to_vec();
    set.probabilities = set.probabilities[kept].to_vec();
}

fn of(workspace: &Path, a: &str, b: &str) -> Comparison {
    compare(workspace, a, b).unwrap()
}

#[test]
fn seeds_are_paired_and_the_mean_has_both_intervals() {
    let folder = tempfile::tempdir().unwrap();
    for seed in 1..=3 {
        put(folder.path(), 0, seed, 0.55);
        put(folder.path(), 1, seed, 0.60 + 0.01 * seed as f64);
    }
    // Another seed of one side has no partner.
    put(folder.path(), 1, 4, 0.1);
    let found = of(folder.path(), A, "train_20M_threshold_1pct");
    assert_eq!(
        found.differs_in.as_deref(),
        Some(&["context".to_owned()][..])
    );
    assert_eq!((found.a.runs.len(), found.b.runs.len()), (3, 4));
    assert_eq!(
        found
            .regions
            .iter()
            .map(|region| region.name)
            .collect::<Vec<_>>(),
        ["validation", "test"]
    );
    let loss = &found.regions[0].measures[0];
    assert_eq!(
        (loss.name, loss.pairs.len(), found.regions[0].n),
        ("log-loss", 3, DAYS)
    );
    for (seed, pair) in (1..).zip(&loss.pairs) {
        assert_eq!((pair.seed_a, pair.seed_b), (Some(seed), Some(seed)));
        assert!((pair.difference - (pair.a - pair.b)).abs() < 1e-12);
        let (low, high) = pair.interval.unwrap();
        assert!(low < pair.difference && pair.difference < high && high < 0.0);
    }
    let mean = loss.pairs.iter().map(|pair| pair.difference).sum::<f64>() / 3.0;
    assert!(
        (loss.mean.difference - mean).abs() < 1e-12 && (mean + 0.07).abs() < 0.02,
        "{mean}"
    );
    // t of two degrees of freedom is 4.303.
    let squares: f64 = loss
        .pairs
        .iter()
        .map(|pair| (pair.difference - mean).powi(2))
        .sum();
    let (low, high) = loss.mean.seeds_interval.unwrap();
    assert!(((high - low) / 2.0 - 4.3027 * (squares / 6.0).sqrt()).abs() < 1e-5);
    let text = comparison_markdown(&found);
    for part in [
        "seed 4 has no partner",
        "mean of 3",
        "A is better",
        "they differ in context",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    // A side with itself.
    let same = of(folder.path(), A, A);
    assert_eq!(same.regions[0].measures[1].mean.interval, Some((0.0, 0.0)));
    assert!(comparison_markdown(&same).contains("no difference is detected"));
}

#[test]
fn only_common_days_count_and_the_rest_is_told() {
    let folder = tempfile::tempdir().unwrap();
    put_with(
        folder.path(),
        0,
        1,
        0.5,
        |_| (),
        |record| days(record.val.as_mut().unwrap(), 0..500),
    );
    put_with(
        folder.path(),
        1,
        1,
        0.6,
        |_| (),
        |record| {
            days(record.val.as_mut().unwrap(), 100..600);
            record.test = None;
        },
    );
    let found = of(folder.path(), A, B);
    // One has no test.
    let [region] = found.regions.as_slice() else {
        unreachable!("{found:?}")
    };
    assert_eq!((region.n, region.only_a, region.only_b), (400, 100, 100));
    assert_eq!(region.days.0, predictions(0.5, 1).dates[100]);
    assert!(comparison_markdown(&found).contains("100 samples of A and 100 of B have no partner"));
    assert_eq!(region.measures[0].mean.seeds_interval, None);
}

#[test]
fn runs_seeds_and_searches_are_named() {
    let folder = tempfile::tempdir().unwrap();
    for seed in 1..=2 {
        put(folder.path(), 0, seed, 0.5);
    }
    let search = |row: &mut LogRow| {
        row.run_type = "hpo".to_owned();
        row.status = Status::Incomplete;
        row.seed = Some(42);
    };
    put_with(folder.path(), 1, 42, 0.6, search, |record| {
        record.best_trial = Some(7);
        record.test = None;
    });
    let id = format!("{A}-spec-2M-false-s1");
    for (a, b, pairs) in [
        (&format!("{A}@1")[..], &format!("{A}@seed2")[..], 1),
        (&id, B, 1),
        (A, B, 2),
        (B, A, 2),
    ] {
        assert_eq!(
            of(folder.path(), a, b).regions[0].measures[0].pairs.len(),
            pairs,
            "{a} {b}"
        );
    }
    let text = comparison_markdown(&of(folder.path(), A, B));
    for part in [
        "its best trial, 7, was chosen on these validation samples",
        "is incomplete",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn what_means_nothing_is_refused() {
    let prices = |record: &mut RunRecord| {
        record.spec.as_mut().unwrap()["data"]["prices_md5"] = json!("q");
    };
    let label = |record: &mut RunRecord| {
        let labels = &mut record.val.as_mut().unwrap().labels;
        labels[3] = 1.0 - labels[3];
    };
    let task = |row: &mut LogRow| row.task = "threshold_3pct".to_owned();
    type Row<'a> = &'a dyn Fn(&mut LogRow);
    type Record<'a> = &'a dyn Fn(&mut RunRecord);
    let (as_is, unedited): (Row<'_>, Record<'_>) = (&|_| (), &|_| ());
    for (row, record, a, b, expected) in [
        (
            as_is,
            unedited,
            "train_2M_treshold_1pct",
            B,
            "did you mean `train_2M_threshold_1pct`?",
        ),
        (
            as_is,
            unedited,
            &format!("{A}@x")[..],
            B,
            "there is no run of",
        ),
        (
            as_is,
            unedited,
            &format!("{A}@9"),
            B,
            "has no finished run with predictions",
        ),
        (
            &|row| row.overridden = true,
            unedited,
            A,
            B,
            "named by their run id",
        ),
        (
            as_is,
            &|record| record.val = None,
            A,
            B,
            "its record is missing or has none",
        ),
        (
            &task,
            unedited,
            A,
            B,
            "task threshold_1pct and threshold_3pct",
        ),
        (as_is, &prices, A, B, "daily prices (MD5) p and q"),
        (
            as_is,
            &label,
            A,
            B,
            "the labels of 1 common days of validation differ, first on 2010-01-07",
        ),
        (
            as_is,
            &|record| days(record.val.as_mut().unwrap(), 0..0),
            A,
            B,
            "no day of validation was predicted by all",
        ),
    ] as [(Row<'_>, Record<'_>, &str, &str, &str); 9]
    {
        let folder = tempfile::tempdir().unwrap();
        put(folder.path(), 0, 1, 0.5);
        put_with(folder.path(), 1, 1, 0.6, row, record);
        let error = compare(folder.path(), a, b).unwrap_err().to_string();
        assert!(error.contains(expected), "{expected}: {error}");
    }
    let folder = tempfile::tempdir().unwrap();
    for (budget, seed) in [(0, 1), (0, 2), (1, 3), (1, 4)] {
        put(folder.path(), budget, seed, 0.5);
    }
    let error = compare(folder.path(), A, B).unwrap_err().to_string();
    assert!(
        error.contains("has the seeds 1, 2") && error.contains("3, 4: no seed is in both"),
        "{error}"
    );
}
