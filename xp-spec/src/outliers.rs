//! Columns with values far beyond the training region (F53): a model is evaluated where it has never been, and one value decides a mean.
//! Judged before any clipping, at build time, for an experiment's own split, from the yearly figures beside the lock.

use std::fmt;

use chrono::NaiveDate;

use crate::{
    split::Split,
    yearly::{Yearly, YearlyColumn},
};

/// Standard deviations of the training region, from its mean, beyond which a value is an outlier.
pub const LIMIT: f64 = 20.0;

/// What helps against outliers.
pub const REMEDY: &str = "look at these days in the raw file, or leave the feature out";

/// A column with values beyond [`LIMIT`].
#[derive(Debug, Clone, PartialEq)]
pub struct Outlier {
    /// Name of the column.
    pub column: String,
    /// Minima and maxima of years that are beyond the limit, the farthest first; at least one.
    pub extremes: Vec<Extreme>,
}

/// A year's minimum or maximum that is beyond the limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extreme {
    /// Distance from the mean of the training region, in its standard deviations, with sign; known to about 2 %.
    pub sd: f64,
    /// Calendar year.
    pub year: i32,
    /// The day; absent where the year's extreme is near the data set's usual range, so that only the training region makes it far.
    pub day: Option<NaiveDate>,
    /// `train`, `val` or `test`: the region of the day, or else of the year's first day.
    pub region: &'static str,
}

/// The columns of `names` that reach beyond [`LIMIT`] standard deviations of the training region anywhere in the data.
///
/// `rows` are the days of the processed rows. The training region is those before `split.val`, or the part of them that the split uses.
/// Where a border lies inside a year, the year's mean and standard deviation count for as many rows as it has in train, as if its parts
/// were alike. A column that is
/// constant in train has no standard deviation and is not judged: normalisation makes it 0.
pub fn beyond(
    yearly: &Yearly,
    names: &[String],
    rows: &[NaiveDate],
    split: &Split,
) -> Vec<Outlier> {
    let before = |day: NaiveDate| rows.partition_point(|row| *row < day);
    let (first, last) = (before(split.train_from(rows)), before(split.val));
    let new_year = |year: i32| NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(NaiveDate::MAX);
    let weights: Vec<f64> = yearly
        .years
        .iter()
        .map(|year| {
            let next = new_year(year.saturating_add(1));
            let (from, to) = (before(new_year(*year)), before(next));
            to.min(last).saturating_sub(from.max(first)) as f64
        })
        .collect();
    let columns = yearly.columns.iter();
    columns
        .filter(|column| names.contains(&column.name))
        .filter_map(|column| outlier(column, &yearly.years, &weights, split))
        .collect()
}

fn outlier(
    column: &YearlyColumn,
    years: &[i32],
    weights: &[f64],
    split: &Split,
) -> Option<Outlier> {
    let (mean, sd) = moments(column, weights)?;
    let mut extremes = Vec::new();
    for (at, year) in years.iter().enumerate() {
        for (steps, days) in [
            (&column.min, &column.min_days),
            (&column.max, &column.max_days),
        ] {
            let Some(steps) = steps.get(at) else { continue };
            let distance = (column.value(*steps) - mean) / sd;
            if distance.abs() <= LIMIT {
                continue;
            }
            let day = days
                .get(year)
                .and_then(|day| NaiveDate::from_yo_opt(*year, *day));
            let first = NaiveDate::from_ymd_opt(*year, 1, 1);
            extremes.push(Extreme {
                sd: distance,
                year: *year,
                day,
                region: region(day.or(first)?, split),
            });
        }
    }
    extremes.sort_by(|a, b| b.sd.abs().total_cmp(&a.sd.abs()));
    (!extremes.is_empty()).then(|| Outlier {
        column: column.name.clone(),
        extremes,
    })
}

/// Mean and standard deviation (n − 1) of the training rows; absent where they do not vary.
fn moments(column: &YearlyColumn, weights: &[f64]) -> Option<(f64, f64)> {
    let n: f64 = weights.iter().sum();
    let mean_of = |year: usize| column.mean.get(year).map_or(0.0, |steps| *steps as f64);
    let sum: f64 = (0..weights.len()).map(|y| weights[y] * mean_of(y)).sum();
    let centre = sum / n;
    let squares: f64 = (0..weights.len())
        .map(|year| {
            let between = column.unit * (mean_of(year) - centre);
            weights[year] * (column.sd(year).powi(2) + between * between)
        })
        .sum();
    let sd = (squares / (n - 1.0)).sqrt();
    let mean = column.centre + column.unit * centre;
    (n >= 2.0 && sd > 0.0 && sd.is_finite() && mean.is_finite()).then_some((mean, sd))
}

fn region(day: NaiveDate, split: &Split) -> &'static str {
    match day {
        _ if day < split.val => "train",
        _ if day < split.test => "val",
        _ => "test",
    }
}

impl fmt::Display for Extreme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:+.0} sd ", self.sd)?;
        match self.day {
            Some(day) => write!(f, "on {day}")?,
            None => write!(f, "in {}", self.year)?,
        }
        write!(f, " ({})", self.region)
    }
}

/// A headline without a full stop: "`amihud_5` is +777 sd on 2015-05-12 (test) by train's mean and standard deviation, …".
impl fmt::Display for Outlier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "feature `{}` reaches ", self.column)?;
        const SHOWN: usize = 3;
        for (position, extreme) in self.extremes.iter().take(SHOWN).enumerate() {
            let separator = if position == 0 { "" } else { ", " };
            write!(f, "{separator}{extreme}")?;
        }
        if let Some(more @ 1..) = self.extremes.len().checked_sub(SHOWN) {
            write!(f, " and {more} more")?;
        }
        write!(f, ", beyond {LIMIT} sd of train before clipping")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may state what it believes")]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// Every day of 2000 to 2003.
    fn rows() -> Vec<NaiveDate> {
        day("2000-01-01").iter_days().take(1461).collect()
    }

    fn split(val: &str) -> Split {
        Split {
            val: day(val),
            test: day("2003-01-01"),
            embargo: 0,
            train: Default::default(),
        }
    }

    /// Mean 10, standard deviation 2 in each year; extremes are given in it.
    fn yearly(min: [i64; 4], max: [i64; 4], max_days: &[(i32, u32)]) -> Yearly {
        let steps = |sd: [i64; 4]| sd.map(|sd| sd * 20).to_vec();
        Yearly {
            years: vec![2000, 2001, 2002, 2003],
            rows: vec![366, 365, 365, 365],
            columns: vec![YearlyColumn {
                name: "x".to_owned(),
                centre: 10.0,
                unit: 0.1,
                mean: vec![0; 4],
                log_sd: vec![Some(0); 4],
                min: steps(min),
                max: steps(max),
                min_days: BTreeMap::new(),
                max_days: max_days.iter().copied().collect(),
            }],
        }
    }

    #[test]
    fn f53_columns_beyond_the_training_region_are_told_with_their_days() {
        let usual = [3; 4];
        let low = usual.map(|sd: i64| -sd);
        for (name, min, max, days, val, expected) in [
            ("within", low, usual, &[][..], "2002-01-01", ""),
            (
                "at the limit",
                low,
                [3, 3, 3, 20],
                &[(2003, 5)][..],
                "2002-01-01",
                "",
            ),
            (
                "a day of test",
                low,
                [3, 3, 3, 777],
                &[(2003, 132)],
                "2002-01-01",
                "feature `x` reaches +776 sd on 2003-05-12 (test), beyond 20 sd of train before clipping",
            ),
            (
                "both sides, and train itself",
                [-3, -25, -3, -3],
                [3, 3, 40, 3],
                &[(2002, 1)],
                "2002-01-01",
                "feature `x` reaches +40 sd on 2002-01-01 (val), -25 sd in 2001 (train), beyond 20 sd of train before clipping",
            ),
            (
                "years without end",
                [-21, -22, -23, -24],
                usual,
                &[],
                "2002-01-01",
                "feature `x` reaches -24 sd in 2003 (test), -23 sd in 2002 (val), -22 sd in 2001 (train) and 1 more, beyond 20 sd of train before clipping",
            ),
            ("no training region", low, [999; 4], &[], "1999-01-01", ""),
        ] {
            let yearly = yearly(min, max, days);
            assert_eq!(yearly.check(1461, ["x"].into_iter()), Ok(()), "{name}");
            let found = beyond(&yearly, &["x".to_owned()], &rows(), &split(val));
            let told: Vec<String> = found.iter().map(ToString::to_string).collect();
            assert_eq!(told.join("\n"), expected, "{name}");
            assert_eq!(beyond(&yearly, &["y".to_owned()], &rows(), &split(val)), []);
        }
    }

    #[test]
    fn the_training_region_is_that_of_the_split() {
        // 2000 is ten times quieter than the other years: far for those who train on it alone.
        let mut yearly = yearly([-3; 4], [3; 4], &[]);
        yearly.columns[0].log_sd[0] = Some(-115);
        let far = |val: &str| beyond(&yearly, &["x".to_owned()], &rows(), &split(val));
        assert_eq!(far("2001-01-01").len(), 1);
        assert_eq!(far("2000-07-01").len(), 1);
        let sd = |val: &str| far(val).first().map(|found| found.extremes[0].sd.abs());
        assert!((sd("2001-01-01").unwrap() - 29.9).abs() < 0.1);
        // With 20 of the 365 days of 2001 the deviation is √(366 · .2² + 20 · 2²) / √386, so 3 · 2 are 6.2 of it.
        assert_eq!(sd("2001-01-21"), None);
    }

    #[test]
    fn a_constant_column_is_not_judged() {
        let mut yearly = yearly([0; 4], [0, 0, 0, 99], &[]);
        yearly.columns[0].log_sd = vec![None; 4];
        assert_eq!(
            beyond(&yearly, &["x".to_owned()], &rows(), &split("2002-01-01")),
            []
        );
    }

    #[test]
    fn figures_that_contradict_themselves_or_the_lock_are_refused() {
        let right = || yearly([-3; 4], [3; 4], &[]);
        type Change = fn(&mut Yearly);
        let changes: [(&str, Change); 9] = [
            ("rows", |y| y.rows[0] = 1),
            ("the rows of the years", |y| y.rows.truncate(3)),
            ("not ascending", |y| y.years[1] = 2000),
            ("its place", |y| y.columns[0].name = "z".to_owned()),
            ("is missing", |y| y.columns.clear()),
            ("for each year", |y| y.columns[0].min.truncate(3)),
            ("out of range", |y| y.columns[0].unit = -1.0),
            ("out of range", |y| y.columns[0].max[0] = i64::MAX),
            ("outside", |y| y.columns[0].max[0] = -4),
        ];
        for (part, change) in changes {
            let mut wrong = right();
            change(&mut wrong);
            let told = wrong.check(1461, ["x"].into_iter()).unwrap_err();
            assert!(told.contains(part), "{part}: {told}");
        }
        let mut wrong = right();
        wrong.columns[0].max_days.insert(2001, 366);
        assert!(
            wrong
                .check(1461, ["x"].into_iter())
                .unwrap_err()
                .contains("a day")
        );
    }
}
