//! Features against the numpy prototype (numpy + TA-Lib of PyPI): on the shipped NASDAQ data by a committed fixture, and on SPY
//! where the reference folder is at hand. The fixture has version 2 of the definitions, the reference version 1.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

use std::path::{Path, PathBuf};

use xp_bars::read_bars;
use xp_data::features::{Prepared, registry};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What version 2 of the definitions changed, and why. Of the 3000 values of NASDAQ's fixture 58 differ between the two: `sortino_5` and
/// `sortino_10` on 2000-01-03, and the others on 2015-05-15, three days after a volume of 0, which was counted as 1.
const CHANGED: [(&str, &str); 13] = [
    ("vol_ratio_", "a volume of 0 is absent"),
    ("volume_z_", "a volume of 0 is absent"),
    ("amihud_", "a volume of 0 is absent"),
    ("emv_", "a volume of 0 is absent; guards are relative"),
    ("pv_corr_", "a volume of 0 is absent"),
    ("absret_vol_corr_", "a volume of 0 is absent"),
    ("rank_vol_", "a volume of 0 is absent"),
    ("adosc", "a volume of 0 is absent"),
    (
        "sortino_",
        "the downside deviation is at least a tenth of the root mean square return",
    ),
    ("mfi_", "rounding of (H+L+C)/3 is no move"),
    ("adx_14", TIES),
    ("dx_", TIES),
    ("di_spread_", TIES),
];
const TIES: &str =
    "ties of directional movements, as SPY's of 2003-05-29, are not broken by rounding";

/// Compares with a table `name, value at date…`; relative error at most 1e-6 of the value, or of 1e-3 where the value is smaller: a difference
/// of two nearly equal numbers, such as C/SMA − 1, has the rounding of those. Where that applies is printed. Those of `changed` may differ.
fn compare(csv: &Path, golden: &str, changed: &[(&str, &str)]) {
    let bars = read_bars(csv).unwrap();
    let prepared = Prepared::new(&bars);
    let mut lines = golden.lines();
    let rows: Vec<usize> = lines
        .next()
        .unwrap()
        .split('\t')
        .skip(1)
        .map(|date| {
            bars.date
                .iter()
                .position(|day| day.to_string() == date)
                .unwrap()
        })
        .collect();
    assert!(rows.len() >= 4);
    let features = registry();
    let (mut compared, mut worst) = (0, 0.0_f64);
    let mut wrong = Vec::new();
    for (line, feature) in lines.zip(&features) {
        let mut cells = line.split('\t');
        assert_eq!(cells.next(), Some(feature.name.as_str()));
        let values = prepared.compute(feature);
        let reason = changed
            .iter()
            .find(|(start, _)| feature.name.starts_with(start));
        for (cell, &row) in cells.zip(&rows) {
            let expected: f64 = cell.parse().unwrap();
            let found = values[row];
            compared += 1;
            let error = (found - expected).abs() / expected.abs().max(f64::MIN_POSITIVE);
            if error > 1e-6 {
                println!(
                    "beyond 1e-6 of a value near 0: {} at {}, {expected:e} by {error:.1e}",
                    feature.name, bars.date[row]
                );
            }
            worst = worst.max(if expected.abs() > 1e-3 && reason.is_none() {
                error
            } else {
                0.0
            });
            let right = (found - expected).abs() <= 1e-6 * expected.abs().max(1e-3);
            if let (false, Some((_, reason))) = (right, reason) {
                println!("{} at {}: {reason}", feature.name, bars.date[row]);
            } else if !right {
                wrong.push(format!(
                    "{} at {}: {found} ≠ {expected}",
                    feature.name, bars.date[row]
                ));
            }
        }
    }
    assert_eq!(compared, 500 * rows.len());
    println!("{compared} compared; the worst relative error of values above 1e-3 is {worst:.1e}");
    assert!(
        wrong.is_empty(),
        "{} of {compared}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn nasdaq_features_equal_the_prototype() {
    let golden = include_str!("fixtures/features_nasdaq.tsv");
    compare(&workspace().join("data/raw/nasdaq_daily.csv"), golden, &[]);
}

#[test]
fn spy_features_equal_the_reference() {
    let shared = workspace().join("../shared");
    let golden = shared.join("reference/features_golden_spy.tsv");
    let Ok(golden) = std::fs::read_to_string(&golden) else {
        println!("skipped: {} is not on this machine", golden.display());
        return;
    };
    compare(
        &shared.join("data/spy_1999_2020_unadj_pandasta.csv"),
        &golden,
        &CHANGED,
    );
}

#[test]
fn registry_has_the_tiers_and_the_declared_warm_up() {
    let features = registry();
    let count = |tier: u32| {
        features
            .iter()
            .filter(|feature| feature.tier.is_some_and(|of| of <= tier))
            .count()
    };
    assert_eq!([20, 100, 250, 500].map(count), [20, 100, 250, 500]);
    let bars = read_bars(&workspace().join("data/raw/nasdaq_daily.csv"))
        .unwrap()
        .truncated(400);
    let prepared = Prepared::new(&bars);
    for feature in &features {
        let values = prepared.compute(feature);
        let first = values.iter().position(|value| !value.is_nan());
        // The calendar decides how many bars a weekly indicator's weeks have; the fixture's table was made on SPY.
        if !feature.name.ends_with("_weekly") {
            assert_eq!(first, Some(feature.warmup), "{}", feature.name);
        }
        assert!(
            values.iter().skip(252).all(|value| value.is_finite()),
            "{}",
            feature.name
        );
    }
}
