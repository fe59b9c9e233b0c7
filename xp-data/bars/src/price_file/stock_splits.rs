//! Splits that a user confirms, of a file whose prices are not adjusted for them: prices before each are divided by its ratio, and volumes
//! are multiplied by it, so that price × volume stays the money traded.

use std::{fmt, path::Path};

use chrono::NaiveDate;

use super::rows::{Row, scale};
use crate::{
    error::BarsError,
    findings::{Finding, Severity, first_few},
};

/// How far the jump overnight may be from the ratio, as a factor: the market moves on that day too. It must also be nearer to the ratio than
/// to none.
const NEAR: f64 = 1.4;

/// A split: from a day on there are `after` shares for `before` of the day before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct StockSplit {
    /// The first day of the new shares.
    pub date: NaiveDate,
    /// New shares.
    pub after: u32,
    /// Old shares that they replace.
    pub before: u32,
}

impl StockSplit {
    /// A split as users write it: `2014-06-09=7:1`, or `2023-03-01=1:10` for a reverse split.
    ///
    /// # Errors
    /// What would be right.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let wrong =
            "expected DATE=NEW:OLD, such as 2014-06-09=7:1, or 2023-03-01=1:10 for a reverse split";
        let (date, ratio) = text.split_once('=').ok_or(wrong)?;
        let (after, before) = ratio.split_once(':').ok_or(wrong)?;
        let shares = |text: &str| text.parse().ok().filter(|shares| *shares > 0);
        let split = Self {
            date: date.parse().map_err(|_| wrong)?,
            after: shares(after).ok_or(wrong)?,
            before: shares(before).ok_or(wrong)?,
        };
        if split.after == split.before {
            return Err("a split changes the number of shares: 1:1 is none");
        }
        Ok(split)
    }

    /// By how much the shares multiply.
    fn ratio(&self) -> f64 {
        f64::from(self.after) / f64::from(self.before)
    }
}

impl fmt::Display for StockSplit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}={}:{}", self.date, self.after, self.before)
    }
}

/// Adjusts rows, which are in order of their dates, for splits.
///
/// # Errors
/// Where a split has no bar, or no jump of about its ratio.
pub(super) fn adjust(
    path: &Path,
    rows: &mut [Row],
    splits: &[StockSplit],
) -> Result<Option<Finding>, BarsError> {
    let fault = |what: String| BarsError::content(path, format!("--splits: {what}"));
    let mut places = Vec::with_capacity(splits.len());
    for (at, split) in splits.iter().enumerate() {
        if splits.iter().take(at).any(|other| other.date == split.date) {
            return Err(fault(format!("{} is there twice", split.date)));
        }
        places.push(place(rows, split).map_err(fault)?);
    }
    for (split, place) in splits.iter().zip(places) {
        for row in rows.iter_mut().take(place) {
            scale(&mut row.values, 1.0 / split.ratio()).ok_or_else(|| {
                fault(format!(
                    "{split} leaves no number of the bar of {}",
                    row.date
                ))
            })?;
        }
    }
    let texts: Vec<String> = splits.iter().map(ToString::to_string).collect();
    Ok((!splits.is_empty()).then(|| {
        let found = format!(
            "prices before each split are divided by its ratio, volumes multiplied: {}",
            first_few(&texts)
        );
        Finding::new(Severity::Note, "splits-adjusted", splits.len(), found)
    }))
}

/// The row of a split, where the price jumps by about its ratio.
fn place(rows: &[Row], split: &StockSplit) -> Result<usize, String> {
    let at = rows
        .iter()
        .position(|row| row.date == split.date)
        .ok_or_else(|| format!("there is no bar on {}", split.date))?;
    let before = at
        .checked_sub(1)
        .and_then(|at| rows.get(at))
        .ok_or_else(|| format!("{} is the first bar: nothing is before it", split.date))?;
    let [open, ..] = &rows[at].values;
    let [.., close, _] = &before.values;
    let jump = close.parse::<f64>().ok().zip(open.parse::<f64>().ok());
    let jump = jump.map_or(f64::NAN, |(close, open)| close / open);
    let off = (jump / split.ratio()).ln().abs();
    if off <= NEAR.ln().min(split.ratio().ln().abs() / 2.0) {
        return Ok(at);
    }
    Err(format!(
        "the price does not jump by {}:{} on {} (close {close} on {}, open {open}): it is adjusted already, or date or ratio are wrong",
        split.after, split.before, split.date, before.date
    ))
}
