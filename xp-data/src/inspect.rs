//! Checks of daily bars that parse: what in them would make labels or features lie. Imported files and those of the manifest go
//! through the same ones.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use xp_spec::{minima::MIN_ROWS, split::WARMUP_BARS};

use crate::{
    bars::Bars,
    findings::{Finding, Severity, few},
};

/// Names of the checks here; the manifest's other findings are those of an import.
pub(crate) const CHECKS: [&str; 11] = [
    "high-below-low",
    "ohlc",
    "flat-bars",
    "no-volume",
    "zero-volume",
    "open-copied",
    "split",
    "repeated-bars",
    "gaps",
    "weekend",
    "short",
];

/// Share of bars with their open or close outside low–high above which columns are taken to be mixed up.
const MOST_VIOLATIONS: f64 = 0.01;
/// Share of flat bars, and of zero volumes, that is worth a warning.
const SOME: f64 = 0.01;
/// Share of opens equal to the close before, of all and of one year, that real opens do not reach.
const COPIED: [f64; 2] = [0.2, 0.5];
/// Weekdays without a bar in a row that no holiday explains; September 2001 had four.
const LONGEST_CLOSURE: usize = 5;
/// Share of weekdays without a bar that holidays do not explain: 9 or 10 a year are 4 %.
const MOST_MISSING: f64 = 0.06;

/// All findings, in the order of [`CHECKS`].
pub fn inspect(bars: &Bars) -> Vec<Finding> {
    let mut findings = Vec::new();
    prices(bars, &mut findings);
    volume(bars, &mut findings);
    copied_opens(bars, &mut findings);
    splits(bars, &mut findings);
    repeated(bars, &mut findings);
    calendar(bars, &mut findings);
    let needed = WARMUP_BARS + MIN_ROWS;
    if bars.len() <= needed {
        let found = format!(
            "{} bars; experiments need more than {needed}: {WARMUP_BARS} are warm-up and more than {MIN_ROWS} must be left",
            bars.len()
        );
        findings.push(Finding::new(Severity::Warning, "short", bars.len(), found));
    }
    findings
}

/// Dates of the bars for which a condition holds.
fn dates(bars: &Bars, condition: impl Fn(usize) -> bool) -> Vec<String> {
    (0..bars.len())
        .filter(|&t| condition(t))
        .map(|t| bars.date[t].to_string())
        .collect()
}

fn share(part: usize, bars: &Bars) -> f64 {
    part as f64 / bars.len().max(1) as f64
}

fn prices(bars: &Bars, findings: &mut Vec<Finding>) {
    let (o, h, l, c) = (&bars.open, &bars.high, &bars.low, &bars.close);
    let reversed = dates(bars, |t| h[t] < l[t]);
    if !reversed.is_empty() {
        let found = format!("the high is below the low: {}", few(&reversed));
        findings.push(Finding::new(
            Severity::Error,
            "high-below-low",
            reversed.len(),
            found,
        ));
    }
    let outside = dates(bars, |t| {
        h[t] >= l[t] && (o[t] > h[t] || o[t] < l[t] || c[t] > h[t] || c[t] < l[t])
    });
    if !outside.is_empty() {
        let share = share(outside.len(), bars);
        let (severity, meaning) = if share > MOST_VIOLATIONS {
            (
                Severity::Error,
                "are columns mixed up, or only some of them adjusted?",
            )
        } else {
            (Severity::Warning, "labels by high miss such a close")
        };
        let found = format!(
            "open or close outside low–high on {:.2} % of bars ({}); {meaning}",
            share * 100.0,
            few(&outside)
        );
        findings.push(Finding::new(severity, "ohlc", outside.len(), found));
    }
    let flat = dates(bars, |t| o[t] == h[t] && h[t] == l[t] && l[t] == c[t]);
    if !flat.is_empty() {
        let severity = if share(flat.len(), bars) > SOME {
            Severity::Warning
        } else {
            Severity::Note
        };
        let found = format!(
            "open = high = low = close, so labels by high are labels by close there: {} … {}",
            flat.first().map_or("", String::as_str),
            flat.last().map_or("", String::as_str)
        );
        findings.push(Finding::new(severity, "flat-bars", flat.len(), found));
    }
}

fn volume(bars: &Bars, findings: &mut Vec<Finding>) {
    let zero = dates(bars, |t| bars.volume[t] == 0.0);
    if zero.len() == bars.len() {
        let found = "the volume is 0 throughout: features of volume are constant or repeat prices";
        findings.push(Finding::new(
            Severity::Warning,
            "no-volume",
            zero.len(),
            found,
        ));
    } else if !zero.is_empty() {
        let found = format!("the volume is 0, counted as 1 by features: {}", few(&zero));
        findings.push(Finding::new(
            Severity::Warning,
            "zero-volume",
            zero.len(),
            found,
        ));
    }
}

fn copied_opens(bars: &Bars, findings: &mut Vec<Finding>) {
    let copied: Vec<usize> = (1..bars.len())
        .filter(|&t| bars.open[t] == bars.close[t - 1])
        .collect();
    let mut years: Vec<(i32, usize, usize)> = Vec::new();
    for t in 1..bars.len() {
        let year = bars.date[t].year();
        if years.last().is_none_or(|(last, ..)| *last != year) {
            years.push((year, 0, 0));
        }
        if let Some((_, all, equal)) = years.last_mut() {
            *all += 1;
            *equal += usize::from(bars.open[t] == bars.close[t - 1]);
        }
    }
    let [most, most_of_year] = COPIED;
    let bad: Vec<i32> = years
        .iter()
        .filter(|(_, all, equal)| *all >= 20 && *equal as f64 > most_of_year * *all as f64)
        .map(|(year, ..)| *year)
        .collect();
    let rate = share(copied.len(), bars);
    if bad.is_empty() && rate <= most {
        return;
    }
    let mut found = format!("open = previous close on {:.0} % of bars", rate * 100.0);
    if !bad.is_empty() {
        found.push_str(&format!(", on most days of {}", spans(&bad)));
    }
    found.push_str("; features of gaps and candles mean little there");
    findings.push(Finding::new(
        Severity::Warning,
        "open-copied",
        copied.len(),
        found,
    ));
}

/// Ascending years as `1996–2005, 2008`.
fn spans(years: &[i32]) -> String {
    let mut parts: Vec<(i32, i32)> = Vec::new();
    for &year in years {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == year => *last = year,
            _ => parts.push((year, year)),
        }
    }
    let parts: Vec<_> = parts
        .into_iter()
        .map(|(first, last)| {
            if first == last {
                first.to_string()
            } else {
                format!("{first}–{last}")
            }
        })
        .collect();
    parts.join(", ")
}

/// Ratios of shares after to before: splits and reverse splits.
const RATIOS: [f64; 14] = [
    1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 15.0, 20.0, 25.0, 50.0, 100.0,
];
/// How near an overnight jump must be to such a ratio.
const NEAR: f64 = 0.03;
/// How near the close must be to it.
const STAYS: f64 = 0.2;
/// Bars before a jump whose median of traded money tells a crash, on which it multiplies, from a split, on which it does not.
const MONEY_BARS: usize = 20;
const MOST_MONEY: f64 = 3.0;

fn splits(bars: &Bars, findings: &mut Vec<Finding>) {
    let mut found = Vec::new();
    for t in 1..bars.len() {
        let jump = bars.close[t - 1] / bars.open[t];
        let (size, what) = if jump >= 1.0 {
            (jump, "split")
        } else {
            (1.0 / jump, "reverse split")
        };
        let Some(ratio) = RATIOS
            .iter()
            .find(|ratio| (size / *ratio - 1.0).abs() <= NEAR)
        else {
            continue;
        };
        // A bad opening price jumps too, but the close does not stay there.
        let stays = if jump >= 1.0 {
            bars.close[t - 1] / bars.close[t]
        } else {
            bars.close[t] / bars.close[t - 1]
        };
        if (stays / ratio - 1.0).abs() > STAYS {
            continue;
        }
        let money = |t: usize| bars.close[t] * bars.volume[t];
        let mut before: Vec<f64> = (t.saturating_sub(MONEY_BARS)..t).map(money).collect();
        before.sort_by(f64::total_cmp);
        let median = before[before.len() / 2];
        let told = if median > 0.0 && money(t) > 0.0 {
            if money(t) > MOST_MONEY * median {
                continue;
            }
            ""
        } else if *ratio < 2.0 {
            // Without volume, half as much again is no rare move of an index of volatility.
            continue;
        } else {
            ", volume cannot tell"
        };
        found.push(format!(
            "{} {ratio}:1 {what} (close {} → open {}{told})",
            bars.date[t],
            bars.close[t - 1],
            bars.open[t]
        ));
    }
    if !found.is_empty() {
        let text = format!(
            "prices look unadjusted: {}; use adjusted prices, or labels and features lie around these days",
            few(&found)
        );
        findings.push(Finding::new(Severity::Warning, "split", found.len(), text));
    }
}

fn repeated(bars: &Bars, findings: &mut Vec<Finding>) {
    let copies = dates(bars, |t| {
        t > 0
            && bars.volume[t] > 0.0
            && bars.open[t] == bars.open[t - 1]
            && bars.high[t] == bars.high[t - 1]
            && bars.low[t] == bars.low[t - 1]
            && bars.close[t] == bars.close[t - 1]
            && bars.volume[t] == bars.volume[t - 1]
    });
    if !copies.is_empty() {
        let found = format!(
            "the bar repeats the one before, volume included: {}",
            few(&copies)
        );
        findings.push(Finding::new(
            Severity::Warning,
            "repeated-bars",
            copies.len(),
            found,
        ));
    }
}

fn calendar(bars: &Bars, findings: &mut Vec<Finding>) {
    let weekend = dates(bars, |t| is_weekend(bars.date[t]));
    if !weekend.is_empty() {
        let found = format!(
            "bars on Saturdays or Sundays, whose horizon of 5 days is not that of 5 trading days: {}",
            few(&weekend)
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
        found.push_str(&format!("; longer than any closure: {}", few(&long)));
    }
    findings.push(Finding::new(Severity::Warning, "gaps", missing, found));
}

fn is_weekend(day: NaiveDate) -> bool {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]
    use super::*;

    /// 600 weekdays from Monday 2001-01-01 of a quiet market, and a change.
    fn bars(change: impl Fn(&mut Bars)) -> Bars {
        let first: NaiveDate = "2001-01-01".parse().unwrap();
        let mut bars = Bars::default();
        for day in (0..840).map(|day| first + Days::new(day)) {
            if is_weekend(day) {
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
                |b| b.high[9] = 1.0,
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
            // Six hundred bars are few, which is told each time; a weekend bar leaves its weekday without one.
            found.retain(|finding| finding.check != "short");
            if name == "a Sunday" {
                found.retain(|finding| finding.check != "gaps");
            }
            let told: Vec<_> = found
                .iter()
                .map(|f| (f.check, f.severity, f.count))
                .collect();
            match expected {
                None => assert!(told.is_empty(), "{name}: {found:?}"),
                Some((check, severity, count, part)) => {
                    assert_eq!(told, [(check, severity, count)], "{name}: {found:?}");
                    assert!(found[0].found.contains(part), "{name}: {}", found[0].found);
                }
            }
            assert!(found.iter().all(|finding| CHECKS.contains(&finding.check)));
        }
    }

    #[test]
    fn years_are_told_as_spans() {
        assert_eq!(
            spans(&[1996, 1997, 1998, 2001, 2003, 2004]),
            "1996–1998, 2001, 2003–2004"
        );
    }
}
