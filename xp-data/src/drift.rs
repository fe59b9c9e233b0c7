//! Drift of features between train and the later regions (F23): a model that learned at one level is evaluated at another. It reads inputs
//! only, never labels.

use chrono::NaiveDate;
use xp_spec::split::Split;

use crate::load::Table;

/// Population stability index above which a feature has drifted: the usual rule is < 0.1 stable, 0.1–0.25 moderate, above large
/// (Siddiqi, Credit Risk Scorecards, 2006).
pub const PSI_LIMIT: f64 = 0.25;
/// Shift of the mean, in standard deviations of train, above which a feature has drifted.
pub const SHIFT_LIMIT: f64 = 1.0;
/// Bins of the index: deciles of train.
const BINS: usize = 10;
/// Least share of a bin, so that an empty one gives a finite index.
const LEAST_SHARE: f64 = 1e-4;
/// Features named in a warning.
const SHOWN: usize = 3;

/// Drift of one feature between train and a later region.
#[derive(Debug, Clone, PartialEq)]
pub struct Drift {
    /// Feature.
    pub name: String,
    /// (mean of the region − mean of train) / standard deviation of train; absent where train is constant.
    pub shift: Option<f64>,
    /// Population stability index Σ (pᵢ − qᵢ) ln(pᵢ / qᵢ) over the deciles of train.
    pub psi: f64,
}

impl Drift {
    /// Whether one of the limits is exceeded.
    pub fn large(&self) -> bool {
        self.psi > PSI_LIMIT || self.shift.is_some_and(|shift| shift.abs() > SHIFT_LIMIT)
    }
}

/// Drift of one region, all features.
#[derive(Debug, Clone, PartialEq)]
pub struct RegionDrift {
    /// `val` or `test`.
    pub region: &'static str,
    /// Each feature, in the order of the table.
    pub features: Vec<Drift>,
}

impl RegionDrift {
    /// Whether a feature has drifted.
    pub fn is_large(&self) -> bool {
        self.features.iter().any(Drift::large)
    }

    /// One line: how many features have drifted, and the worst with their numbers.
    pub fn summary(&self) -> String {
        let mut worst: Vec<&Drift> = self.features.iter().filter(|drift| drift.large()).collect();
        worst.sort_by(|a, b| b.psi.total_cmp(&a.psi));
        let count = worst.len();
        if count == 0 {
            return format!(
                "{}: no feature has drifted from train (PSI ≤ {PSI_LIMIT}, mean within {SHIFT_LIMIT} sd)",
                self.region
            );
        }
        let named: Vec<_> = worst
            .into_iter()
            .take(SHOWN)
            .map(|drift| match drift.shift {
                Some(shift) => format!("{} PSI {:.2}, mean {shift:+.2} sd", drift.name, drift.psi),
                None => format!("{} PSI {:.2}, constant in train", drift.name, drift.psi),
            })
            .collect();
        format!(
            "{}: {count} of {} features have drifted from train (PSI > {PSI_LIMIT} or mean by > {SHIFT_LIMIT} sd), largest: {}",
            self.region,
            self.features.len(),
            named.join("; ")
        )
    }
}

/// Drift of validation and test against train, by the rows' dates. A region with fewer than two rows has none.
pub fn drift(table: &Table, split: Split) -> Vec<RegionDrift> {
    let border = |day: NaiveDate| table.dates.partition_point(|date| *date < day);
    let (val, test, end) = (border(split.val), border(split.test), table.dates.len());
    let train = border(split.train_from(&table.dates));
    if val < train + 2 {
        return Vec::new();
    }
    let width = table.names.len();
    let column = |feature: usize, from: usize, to: usize| -> Vec<f64> {
        let values = table.values.iter().skip(feature).step_by(width.max(1));
        values.take(to).skip(from).map(|x| f64::from(*x)).collect()
    };
    [("val", val, test), ("test", test, end)]
        .into_iter()
        .filter(|(_, from, to)| *to >= from + 2)
        .map(|(region, from, to)| RegionDrift {
            region,
            features: table
                .names
                .iter()
                .enumerate()
                .map(|(feature, name)| {
                    one(
                        name,
                        column(feature, train, val),
                        &column(feature, from, to),
                    )
                })
                .collect(),
        })
        .collect()
}

fn one(name: &str, mut train: Vec<f64>, region: &[f64]) -> Drift {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let centre = mean(&train);
    let squares: f64 = train.iter().map(|x| (x - centre) * (x - centre)).sum();
    let sd = (squares / (train.len() as f64 - 1.0)).sqrt();
    train.sort_by(f64::total_cmp);
    // Bin i has the values above i of the deciles; equal deciles leave bins empty on both sides alike.
    let edges: Vec<f64> = (1..BINS)
        .filter_map(|i| train.get(i * train.len() / BINS).copied())
        .collect();
    let bin = |value: &f64| match edges.first() {
        // A constant has no deciles: what equals it and what does not.
        Some(constant) if sd == 0.0 => usize::from(value != constant),
        _ => edges.partition_point(|edge| edge <= value),
    };
    let shares = |values: &[f64]| {
        let mut counts = [0_usize; BINS];
        for value in values {
            if let Some(count) = counts.get_mut(bin(value)) {
                *count += 1;
            }
        }
        counts.map(|count| (count as f64 / values.len() as f64).max(LEAST_SHARE))
    };
    let psi = shares(region)
        .iter()
        .zip(shares(&train))
        .map(|(p, q)| (p - q) * (p / q).ln())
        .sum();
    Drift {
        name: name.to_owned(),
        shift: (sd > 0.0).then(|| (mean(region) - centre) / sd),
        psi,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]
    use xp_spec::files::lock::DefaultSplit;

    use super::*;

    /// 1000 train, 500 val and 500 test rows; `level` of each.
    fn table(level: impl Fn(usize, f32) -> f32) -> (Table, Split) {
        let first: NaiveDate = "2000-01-01".parse().unwrap();
        let dates: Vec<_> = (0..2000).map(|d| first + chrono::Days::new(d)).collect();
        let split = Split::from(DefaultSplit {
            val: dates[1000],
            test: dates[1500],
        });
        // Every region covers 0 … 1 evenly.
        let values = (0..2000).map(|row| level(row, (row * 37 % 500) as f32 / 500.0));
        let table = Table {
            values: values.collect(),
            names: vec!["x".to_owned()],
            dates,
        };
        (table, split)
    }

    #[test]
    fn f23_a_level_that_rises_from_88_to_576_is_told_with_numbers() {
        let (table, split) = table(|row, x| x * 20.0 + if row < 1000 { 88.0 } else { 576.0 });
        let [val, test] = <[RegionDrift; 2]>::try_from(drift(&table, split)).unwrap();
        assert!(val.is_large() && test.is_large());
        let found = &test.features[0];
        assert!(
            (found.shift.unwrap() - 488.0 / 5.7765).abs() < 0.1,
            "{found:?}"
        );
        assert!(found.psi > 5.0, "{found:?}");
        let summary = test.summary();
        assert!(
            summary.starts_with("test: 1 of 1 features have drifted")
                && summary.contains("mean +84."),
            "{summary}"
        );
    }

    #[test]
    fn drift_is_by_region_and_none_where_nothing_moves() {
        for (name, level, expected) in [
            (
                "constant level",
                (|_, x| x) as fn(usize, f32) -> f32,
                [false, false],
            ),
            (
                "test drifts",
                |row, x| x + if row < 1500 { 0.0 } else { 0.5 },
                [false, true],
            ),
            (
                "spread",
                |row, x| (x - 0.5) * if row < 1000 { 1.0 } else { 3.0 },
                [true, true],
            ),
            ("constant", |_, _| 1.0, [false, false]),
            (
                "constant, then above",
                |row, _| if row < 1500 { 1.0 } else { 2.0 },
                [false, true],
            ),
            (
                "constant, then below",
                |row, _| if row < 1500 { 1.0 } else { 0.0 },
                [false, true],
            ),
        ] {
            let (table, split) = table(level);
            let found: Vec<_> = drift(&table, split)
                .iter()
                .map(RegionDrift::is_large)
                .collect();
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn psi_is_the_sum_over_deciles() {
        // Half of the region lies in the lowest decile, half in the highest.
        let train: Vec<f64> = (0..1000).map(f64::from).collect();
        let region: Vec<f64> = (0..100)
            .map(|i| if i % 2 == 0 { 5.0 } else { 995.0 })
            .collect();
        let q = 0.1_f64;
        let expected = 2.0 * (0.5 - q) * (0.5 / q).ln() + 8.0 * (1e-4 - q) * (1e-4 / q).ln();
        assert!((one("x", train, &region).psi - expected).abs() < 1e-12);
    }
}
