//! Trading weeks that are a day off, as of instants that were written in UTC.

use chrono::{Datelike as _, Weekday};

use super::check::{Check, share};
use crate::{
    bars::Bars,
    findings::{Finding, Severity},
};

pub(super) const CHECK: Check = Check {
    names: &["shifted"],
    find,
};

/// Share of bars on a day of the weekend that a shifted week has, a fifth, less holidays.
const MANY: f64 = 0.1;
/// Share of bars on the weekday that it lacks.
const FEW: f64 = 0.01;
/// Bars from which on a week can be told.
const LEAST: usize = 20;

fn find(bars: &Bars, findings: &mut Vec<Finding>) {
    if bars.len() < LEAST {
        return;
    }
    let count = |weekday: Weekday| {
        let on = bars.date.iter().filter(|day| day.weekday() == weekday);
        on.count()
    };
    for (present, absent, shift, market, zone) in [
        (
            Weekday::Sun,
            Weekday::Fri,
            "early",
            "east of it",
            "Asia/Tokyo; a market that trades from Sunday to Thursday is right as it is",
        ),
        (
            Weekday::Sat,
            Weekday::Mon,
            "late",
            "west of it",
            "America/New_York; a market that trades from Tuesday to Saturday is right as it is",
        ),
    ] {
        let (many, few) = (count(present), count(absent));
        if share(many, bars) < MANY || share(few, bars) > FEW {
            continue;
        }
        let found = format!(
            "{many} bars on {present}, {few} on {absent}: the dates are one day {shift}, as of instants in UTC of a market {market}; import the file with its instants and --zone, such as {zone}"
        );
        findings.push(Finding::new(Severity::Warning, "shifted", many, found));
    }
}
