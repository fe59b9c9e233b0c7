//! Bars on weekends, and weekdays without a bar that no holiday explains.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::check::{Check, dates};
use crate::{
    bars::Bars,
    findings::{Finding, Severity, first_few},
};

pub(super) const CHECK: Check = Check {
    names: &["gaps", "weekend"],
    find,
};

/// Weekdays without a bar in a row that no holiday explains; September 2001 had four.
const LONGEST_CLOSURE: usize = 5;
/// Share of weekdays without a bar that holidays do not explain: 9 or 10 a year are 4 %.
const MOST_MISSING: f64 = 0.06;

fn find(bars: &Bars, findings: &mut Vec<Finding>) {
    let weekend = dates(bars, |t| is_weekend(bars.date[t]));
    if !weekend.is_empty() {
        let found = format!(
            "bars on Saturdays or Sundays, whose horizon of 5 days is not that of 5 trading days: {}",
            first_few(&weekend)
        );
        findings.push(Finding::new(
            Severity::Warning,
            "weekend",
            weekend.len(),
            found,
        ));
    }
    let (Some(first), Some(last)) = (bars.date.first(), bars.date.last()) else {
        return;
    };
    let mut missing = 0;
    let mut long = Vec::new();
    for pair in bars.date.windows(2) {
        let [before, after] = pair else { continue };
        let gap = weekdays_between(*before, *after);
        missing += gap;
        if gap >= LONGEST_CLOSURE {
            long.push(format!("{gap} weekdays between {before} and {after}"));
        }
    }
    let weekdays = weekdays_between(*first, *last) + 2;
    let rate = missing as f64 / weekdays as f64;
    if long.is_empty() && rate <= MOST_MISSING {
        if missing > 0 {
            let found = format!(
                "weekdays without a bar, {:.1} a year as holidays make; the longest closure is shorter than {LONGEST_CLOSURE} weekdays",
                rate * 261.0
            );
            findings.push(Finding::new(Severity::Note, "gaps", missing, found));
        }
        return;
    }
    let mut found = format!(
        "{missing} of {weekdays} weekdays have no bar, {:.1} a year (holidays make 9 or 10)",
        rate * 261.0
    );
    if !long.is_empty() {
        found.push_str(&format!("; longer than any closure: {}", first_few(&long)));
    }
    findings.push(Finding::new(Severity::Warning, "gaps", missing, found));
}

/// Whether a day is a Saturday or a Sunday.
pub fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Weekdays strictly between two days, by whole weeks first, so that a year 9999 takes no time.
fn weekdays_between(before: NaiveDate, after: NaiveDate) -> usize {
    let days = (after - before).num_days() - 1;
    let weeks = days.max(0) / 7;
    let rest = (1..=days.max(0) % 7)
        .filter(|day| !is_weekend(before + Days::new(day.unsigned_abs())))
        .count();
    weeks.unsigned_abs() as usize * 5 + rest
}
