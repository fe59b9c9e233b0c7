//! Figures of a column by calendar year, for the file beside the lock. Logarithms are libm's, so that every machine writes the same bytes.

use std::{collections::BTreeMap, ops::Range};

use chrono::{Datelike as _, NaiveDate};
use xp_spec::yearly::{DAY_FROM, LOG_STEPS, MOST_STEPS, STEPS, Yearly, YearlyColumn};

use crate::statistics::rounded;

/// The rows of each calendar year.
pub(crate) struct Years(Vec<(i32, Range<usize>)>);

/// A year's values in the column's own unit.
struct Year {
    mean: f64,
    sd: f64,
    /// Row and value.
    min: (usize, f64),
    max: (usize, f64),
}

impl Years {
    /// Of the rows' ascending days.
    pub(crate) fn of(days: &[NaiveDate]) -> Self {
        let mut years: Vec<(i32, Range<usize>)> = Vec::new();
        for (row, day) in days.iter().enumerate() {
            match years.last_mut() {
                Some((year, rows)) if *year == day.year() => rows.end = row + 1,
                _ => years.push((day.year(), row..row + 1)),
            }
        }
        Self(years)
    }

    /// The figures of all columns, which are those of [`Self::column`].
    pub(crate) fn file(&self, columns: Vec<YearlyColumn>) -> Yearly {
        Yearly {
            years: self.0.iter().map(|(year, _)| *year).collect(),
            rows: self.0.iter().map(|(_, rows)| rows.len() as u32).collect(),
            columns,
        }
    }

    /// The figures of a column, a value a row, all finite.
    pub(crate) fn column(&self, name: &str, values: &[f32], days: &[NaiveDate]) -> YearlyColumn {
        let years: Vec<Year> = self.0.iter().map(|(_, rows)| year(values, rows)).collect();
        let centre = rounded(median(years.iter().map(|year| year.mean).collect()));
        let unit = rounded(unit(&years, centre));
        let steps = |value: f64| match ((value - centre) / unit).round() {
            steps if steps.is_finite() => (steps as i64).clamp(-MOST_STEPS, MOST_STEPS),
            _ => 0,
        };
        let mut column = YearlyColumn {
            name: name.to_owned(),
            centre,
            unit,
            mean: years.iter().map(|year| steps(year.mean)).collect(),
            log_sd: Vec::with_capacity(years.len()),
            min: years.iter().map(|year| steps(year.min.1)).collect(),
            max: years.iter().map(|year| steps(year.max.1)).collect(),
            min_days: BTreeMap::new(),
            max_days: BTreeMap::new(),
        };
        for ((number, _), year) in self.0.iter().zip(&years) {
            let log = libm::log(year.sd / (STEPS * unit)) * LOG_STEPS;
            column
                .log_sd
                .push((year.sd > 0.0).then(|| log.round() as i32));
            let far = |(row, value): (usize, f64)| {
                let is_far = unit > 0.0 && (value - centre).abs() >= DAY_FROM * STEPS * unit;
                days.get(row).filter(|_| is_far).map(NaiveDate::ordinal)
            };
            column
                .min_days
                .extend(far(year.min).map(|day| (*number, day)));
            column
                .max_days
                .extend(far(year.max).map(|day| (*number, day)));
        }
        column
    }
}

/// A 20th of the median of the standard deviations above 0; where all years are constant, of the largest distance of a year.
fn unit(years: &[Year], centre: f64) -> f64 {
    let varying: Vec<f64> = years
        .iter()
        .map(|year| year.sd)
        .filter(|sd| *sd > 0.0)
        .collect();
    if varying.is_empty() {
        let distances = years.iter().map(|year| (year.mean - centre).abs());
        return distances.fold(0.0, f64::max) / STEPS;
    }
    median(varying) / STEPS
}

fn year(values: &[f32], rows: &Range<usize>) -> Year {
    let values = || rows.clone().map(|row| (row, f64::from(values[row])));
    let n = rows.len() as f64;
    let mean = values().fold(0.0, |sum, (_, x)| sum + x) / n;
    let squares = values().fold(0.0, |sum, (_, x)| sum + (x - mean) * (x - mean));
    let first = (rows.start, f64::from(f32::NAN));
    let extreme = |better: fn(f64, f64) -> bool| {
        values().fold(first, |best, next| {
            if best.1.is_nan() || better(next.1, best.1) {
                next
            } else {
                best
            }
        })
    };
    Year {
        mean,
        sd: (squares / n).sqrt(),
        min: extreme(|a, b| a < b),
        max: extreme(|a, b| a > b),
    }
}

/// The lower median; 0 of none.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len().saturating_sub(1) / 2;
    values.get(middle).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]
    use std::path::Path;

    use xp_bars::read_bars;
    use xp_spec::{
        outliers::{LIMIT, beyond},
        split::{Split, WARMUP_BARS},
    };

    use super::*;
    use crate::features::{Prepared, registry};

    /// Days from 2001-01-01 on, a value each.
    fn column(values: &[f32]) -> YearlyColumn {
        let first: NaiveDate = "2001-01-01".parse().unwrap();
        let days: Vec<_> = first.iter_days().take(values.len()).collect();
        Years::of(&days).column("x", values, &days)
    }

    #[test]
    fn figures_are_those_of_the_years() {
        // Two values a year apart in turns: mean 0, deviation 1; in 2002 mean 10, deviation 3; a spike of 100 on 2002-02-01.
        let mut values: Vec<f32> = (0..730)
            .map(|day| {
                let sign = if day % 2 == 0 { 1.0 } else { -1.0 };
                if day < 365 { sign } else { 10.0 + 3.0 * sign }
            })
            .collect();
        values[365 + 31] = 100.0;
        let found = column(&values);
        // From the median year, which is 2001.
        assert_eq!(found.min_days, BTreeMap::from([(2002, 1)]));
        assert_eq!(found.max_days, BTreeMap::from([(2002, 32)]));
        for (year, mean, sd, min, max) in [(0, 0.0, 1.0, -1.0, 1.0), (1, 10.24, 5.58, 7.0, 100.0)] {
            let value = |steps: &[i64]| found.value(steps[year]);
            assert!((value(&found.mean) - mean).abs() < 0.1, "{found:?}");
            assert!((found.sd(year) / sd - 1.0).abs() < 0.02, "{found:?}");
            assert!((value(&found.min) - min).abs() < 0.1, "{found:?}");
            assert!((value(&found.max) - max).abs() < 0.1, "{found:?}");
        }
    }

    #[test]
    fn constant_columns_and_years_have_figures() {
        let constant = column(&[7.0; 800]);
        assert_eq!((constant.centre, constant.unit), (7.0, 0.0));
        assert_eq!(constant.log_sd, [None; 3]);
        let mut steps = [7.0; 800];
        steps[365..].fill(9.0);
        let steps = column(&steps);
        assert_eq!(steps.log_sd, [None; 3]);
        assert_eq!(
            [0, 1, 2].map(|year| steps.value(steps.mean[year])),
            [7.0, 9.0, 9.0]
        );
    }

    /// What the lint finds is what the values themselves say, for borders at and inside a year, with a spike where there was none.
    #[test]
    fn f53_outliers_of_the_figures_are_those_of_the_values() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let bars = read_bars(&root.join("data/raw/nasdaq_daily.csv")).unwrap();
        let prepared = Prepared::new(&bars);
        let days = &bars.date[WARMUP_BARS..];
        let years = Years::of(days);
        let columns: Vec<(String, Vec<f32>)> = registry()
            .iter()
            .map(|feature| {
                let values = prepared.compute(feature);
                let values = values.iter().skip(WARMUP_BARS).map(|x| *x as f32);
                (feature.name.clone(), values.collect())
            })
            .map(|(name, mut values): (String, Vec<f32>)| {
                // A fifth of the columns gets a day that is far off.
                if name.ends_with('5') {
                    values[4000] = 1e4;
                }
                (name, values)
            })
            .collect();
        let file = years.file(
            columns
                .iter()
                .map(|(name, values)| years.column(name, values, days))
                .collect(),
        );
        let names: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
        let rows = days.len() as u64;
        assert_eq!(file.check(rows, names.iter().map(String::as_str)), Ok(()));
        for val in ["2007-01-01", "2004-05-17", "2001-01-01"] {
            let split = Split {
                val: val.parse().unwrap(),
                test: "2010-01-01".parse().unwrap(),
                embargo: 0,
                train: Default::default(),
            };
            let found = beyond(&file, &names, days, &split);
            let mut spiked = 0;
            for (name, values) in &columns {
                let train = days.partition_point(|day| *day < split.val);
                let n = train as f64;
                let of_train = || values[..train].iter().map(|x| f64::from(*x));
                let mean = of_train().sum::<f64>() / n;
                let sd = (of_train().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
                let (row, exact) = values
                    .iter()
                    .map(|x| (f64::from(*x) - mean) / sd)
                    .enumerate()
                    .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))
                    .unwrap();
                let told = found.iter().find(|outlier| outlier.column == *name);
                // A border inside a year takes its rows as if both parts were alike.
                let tolerance = if val == "2004-05-17" { 0.1 } else { 0.03 };
                match told {
                    Some(outlier) => {
                        let worst = outlier.extremes[0];
                        assert!(
                            (worst.sd / exact - 1.0).abs() < tolerance,
                            "{name}: {exact} {outlier}"
                        );
                        assert!(
                            worst.day.is_none_or(|day| day == days[row]),
                            "{name}: {outlier}"
                        );
                        spiked += usize::from(row == 4000 && worst.day.is_some());
                    }
                    None => assert!(exact.abs() < LIMIT * (1.0 + tolerance), "{name}: {exact}"),
                }
            }
            assert!(spiked > 90, "{spiked}");
        }
    }
}
