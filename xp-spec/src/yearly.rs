//! Figures of each column by calendar year, small enough to be committed beside a lock: what a build knows of the values, for any
//! experiment's own split. Written by `xp-data` as `data/locks/{name}.years.json`; the format is in docs/formats.md.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Steps of [`YearlyColumn::unit`] to a standard deviation of the median year.
pub const STEPS: f64 = 20.0;
/// Steps of [`YearlyColumn::log_sd`] to a factor of e.
pub const LOG_STEPS: f64 = 50.0;
/// Standard deviations of the median year from its mean from which on the day of an extreme is stored.
pub const DAY_FROM: f64 = 5.0;
/// Largest step that is written; a value farther off is written as this far.
pub const MOST_STEPS: i64 = 1_000_000_000_000_000;
/// Largest step of a logarithm: a factor of e^100.
const MOST_LOG_STEPS: i32 = 5000;

/// The figures of all columns of a data set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Yearly {
    /// Calendar years with rows, ascending.
    pub years: Vec<i32>,
    /// Rows of each, after warm-up.
    pub rows: Vec<u32>,
    /// The columns, in the lock's order.
    pub columns: Vec<YearlyColumn>,
}

/// The figures of one column; lists have an entry a year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearlyColumn {
    /// Name, as in the lock.
    pub name: String,
    /// Median of the yearly means, to 6 significant digits.
    pub centre: f64,
    /// Size of a step: a 20th of the median of the yearly standard deviations above 0, to 6 significant digits; 0 of a constant column.
    pub unit: f64,
    /// Yearly means, in steps from the centre.
    pub mean: Vec<i64>,
    /// Yearly standard deviations (n): 50 · ln(sd / (20 · unit)), rounded, so that each is known to 1 %; absent where it is 0.
    pub log_sd: Vec<Option<i32>>,
    /// Yearly minima, in steps from the centre.
    pub min: Vec<i64>,
    /// Yearly maxima, in steps from the centre.
    pub max: Vec<i64>,
    /// Days of the minima that lie at least [`DAY_FROM`] standard deviations from the centre: year → day of the year, from 1.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub min_days: BTreeMap<i32, u32>,
    /// The same of the maxima.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub max_days: BTreeMap<i32, u32>,
}

impl YearlyColumn {
    /// A number of steps from the centre as a value.
    pub fn value(&self, steps: i64) -> f64 {
        self.centre + self.unit * steps as f64
    }

    /// A yearly standard deviation.
    pub fn sd(&self, year: usize) -> f64 {
        match self.log_sd.get(year) {
            Some(Some(steps)) => STEPS * self.unit * (f64::from(*steps) / LOG_STEPS).exp(),
            _ => 0.0,
        }
    }

    /// The first fault of a column of so many years.
    fn fault(&self, years: &[i32]) -> Option<&'static str> {
        let n = years.len();
        let lists = [&self.mean, &self.min, &self.max];
        if lists.iter().any(|list| list.len() != n) || self.log_sd.len() != n {
            return Some("does not have a number for each year");
        }
        let far = |steps: &i64| steps.unsigned_abs() > MOST_STEPS.unsigned_abs();
        let far_log = |steps: &i32| steps.unsigned_abs() > MOST_LOG_STEPS.unsigned_abs();
        if !self.centre.is_finite()
            || !(0.0..=f64::MAX).contains(&self.unit)
            || lists.into_iter().flatten().any(far)
            || self.log_sd.iter().flatten().any(far_log)
        {
            return Some("has a number out of range");
        }
        let ordered =
            |year: usize| self.min[year] <= self.mean[year] && self.mean[year] <= self.max[year];
        if !(0..n).all(ordered) {
            return Some("has a mean outside of minimum and maximum");
        }
        let days = self.min_days.iter().chain(&self.max_days);
        let known = |(year, day): (&i32, &u32)| {
            years.contains(year) && NaiveDate::from_yo_opt(*year, *day).is_some()
        };
        (!days.into_iter().all(known)).then_some("has a day that its years do not have")
    }
}

impl Yearly {
    /// Whether the figures agree with themselves and with the rows and column names that they should be of; the error has the first
    /// disagreement.
    pub fn check<'a>(
        &self,
        rows: u64,
        mut names: impl Iterator<Item = &'a str>,
    ) -> Result<(), String> {
        if self.rows.len() != self.years.len()
            || self.rows.iter().map(|rows| u64::from(*rows)).sum::<u64>() != rows
        {
            return Err("the rows of the years are not those of the data set".to_owned());
        }
        if self.years.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err("the years are not ascending".to_owned());
        }
        for column in &self.columns {
            let name = &column.name;
            if names.next() != Some(name) {
                return Err(format!("`{name}` is not the lock's column at its place"));
            }
            if let Some(fault) = column.fault(&self.years) {
                return Err(format!("`{name}` {fault}"));
            }
        }
        match names.next() {
            Some(name) => Err(format!("the column `{name}` is missing")),
            None => Ok(()),
        }
    }
}
