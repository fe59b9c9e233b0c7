//! Checks of daily bars that parse: what in them would make labels or features wrong. Imported files and those of the manifest go
//! through the same ones. [`CHECKS`] is their one registration place.

mod calendar;
mod check;
mod length;
mod opens;
mod prices;
mod repeats;
mod shifted;
mod splits;
mod units;
mod volume;

use crate::{bars::Bars, findings::Finding};
pub use calendar::is_weekend;
use check::Check;

/// The checks, in the order of their findings.
const CHECKS: [Check; 9] = [
    prices::CHECK,
    units::CHECK,
    volume::CHECK,
    opens::CHECK,
    splits::CHECK,
    repeats::CHECK,
    calendar::CHECK,
    shifted::CHECK,
    length::CHECK,
];

/// All findings, in the order of the checks.
pub fn inspect(bars: &Bars) -> Vec<Finding> {
    let mut findings = Vec::new();
    for check in &CHECKS {
        (check.find)(bars, &mut findings);
    }
    findings
}

/// [`inspect`] for bars of a simulated market, whose jumps are no splits: its prices are adjusted for nothing.
pub fn inspect_simulated(bars: &Bars) -> Vec<Finding> {
    let mut findings = inspect(bars);
    findings.retain(|finding| !splits::CHECK.names.contains(&finding.check));
    findings
}

/// Whether a finding of this name is one of these checks; the manifest's other findings are those of an import.
pub fn is_check(name: &str) -> bool {
    CHECKS.iter().any(|check| check.names.contains(&name))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]
    use chrono::{Datelike, Days, NaiveDate, Weekday};

    use super::*;
    use crate::findings::Severity;

    /// 600 weekdays from Monday 2001-01-01 of a quiet market, and a change.
    fn bars(change: impl Fn(&mut Bars)) -> Bars {
        let first: NaiveDate = "2001-01-01".parse().unwrap();
        let mut bars = Bars::default();
        for day in (0..840).map(|day| first + Days::new(day)) {
            if matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
                continue;
            }
            let t = bars.len() as f64;
            let close = 100.0 + (t * 0.7).sin();
            bars.date.push(day);
            bars.open.push(close - 0.25);
            bars.high.push(close + 0.5);
            bars.low.push(close - 0.5);
            bars.close.push(close);
            bars.volume.push(1000.0 + t);
        }
        change(&mut bars);
        bars
    }

    fn scale(bars: &mut Bars, from: usize, by: f64) {
        for column in [
            &mut bars.open,
            &mut bars.high,
            &mut bars.low,
            &mut bars.close,
        ] {
            column.iter_mut().skip(from).for_each(|price| *price *= by);
        }
    }

    fn drop_days(bars: &mut Bars, from: usize, to: usize) {
        bars.date.drain(from..to);
        for column in [
            &mut bars.open,
            &mut bars.high,
            &mut bars.low,
            &mut bars.close,
            &mut bars.volume,
        ] {
            column.drain(from..to);
        }
    }

    #[test]
    fn each_fault_is_found_with_its_severity_and_date() {
        type Change = fn(&mut Bars);
        type Expected = Option<(&'static str, Severity, usize, &'static str)>;
        let cases: [(&str, Change, Expected); 16] = [
            ("a quiet market", |_| {}, None),
            (
                "high below low",
                |b| b.high[9] = 90.0,
                Some(("high-below-low", Severity::Error, 1, "2001-01-12")),
            ),
            (
                "close above high",
                |b| b.close[9] += 3.0,
                Some(("ohlc", Severity::Warning, 1, "2001-01-12")),
            ),
            (
                "swapped columns",
                |b| std::mem::swap(&mut b.open, &mut b.low),
                Some(("ohlc", Severity::Error, 600, "100.00 %")),
            ),
            (
                "some flat bars",
                |b| {
                    (0..9).for_each(|t| {
                        b.open[t] = b.close[t];
                        b.high[t] = b.close[t];
                        b.low[t] = b.close[t];
                    })
                },
                Some(("flat-bars", Severity::Warning, 9, "2001-01-01")),
            ),
            (
                "a zero volume",
                |b| b.volume[9] = 0.0,
                Some(("zero-volume", Severity::Warning, 1, "2001-01-12")),
            ),
            (
                "no volume",
                |b| b.volume.fill(0.0),
                Some(("no-volume", Severity::Warning, 600, "throughout")),
            ),
            (
                "copied opens of a year",
                |b| {
                    (1..261).for_each(|t| {
                        b.open[t] = b.close[t - 1];
                        b.high[t] += 2.0;
                        b.low[t] -= 2.0;
                    })
                },
                Some(("open-copied", Severity::Warning, 260, "most days of 2001;")),
            ),
            (
                "a 2:1 split",
                |b| scale(b, 300, 0.5),
                Some(("split", Severity::Warning, 1, "2:1 split")),
            ),
            (
                "a 1:10 reverse split",
                |b| {
                    scale(b, 300, 10.0);
                    b.volume
                        .iter_mut()
                        .skip(300)
                        .for_each(|volume| *volume /= 10.0);
                },
                Some(("split", Severity::Warning, 1, "10:1 reverse split")),
            ),
            (
                "a crash to a half, with the volume of one",
                |b| {
                    scale(b, 300, 0.5);
                    b.volume[300] *= 9.0
                },
                None,
            ),
            ("a fall of a tenth", |b| scale(b, 300, 0.9), None),
            (
                "a repeated bar",
                |b| {
                    for c in [
                        &mut b.open,
                        &mut b.high,
                        &mut b.low,
                        &mut b.close,
                        &mut b.volume,
                    ] {
                        c[9] = c[8];
                    }
                },
                Some(("repeated-bars", Severity::Warning, 1, "2001-01-12")),
            ),
            (
                "the week of September 2001",
                |b| drop_days(b, 181, 185),
                Some(("gaps", Severity::Note, 4, "holidays")),
            ),
            (
                "a missing month",
                |b| drop_days(b, 181, 203),
                Some((
                    "gaps",
                    Severity::Warning,
                    22,
                    "22 weekdays between 2001-09-10 and 2001-10-11",
                )),
            ),
            (
                "a Sunday",
                |b| b.date[9] = "2001-01-14".parse().unwrap(),
                Some(("weekend", Severity::Warning, 1, "2001-01-14")),
            ),
        ];
        for (name, change, expected) in cases {
            let bars = bars(change);
            let mut found = inspect(&bars);
            // Six hundred bars are few, which is reported each time; a weekend bar leaves its weekday without one.
            found.retain(|finding| finding.check != "short");
            if name == "a Sunday" {
                found.retain(|finding| finding.check != "gaps");
            }
            let reported: Vec<_> = found
                .iter()
                .map(|f| (f.check, f.severity, f.count))
                .collect();
            match expected {
                None => assert!(reported.is_empty(), "{name}: {found:?}"),
                Some((check, severity, count, part)) => {
                    assert_eq!(reported, [(check, severity, count)], "{name}: {found:?}");
                    assert!(found[0].found.contains(part), "{name}: {}", found[0].found);
                }
            }
            assert!(found.iter().all(|finding| is_check(finding.check)));
        }
    }
}
