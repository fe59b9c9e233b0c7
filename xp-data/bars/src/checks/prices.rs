//! Highs, lows, opens and closes that contradict each other.

use super::check::{Check, dates, share};
use crate::{
    bars::Bars,
    findings::{Finding, Severity, first_few},
};

pub(super) const CHECK: Check = Check {
    names: &["high-below-low", "ohlc", "flat-bars"],
    find,
};

/// Share of bars with their open or close outside low–high above which columns are assumed to be mixed up.
const MOST_VIOLATIONS: f64 = 0.01;
/// By how much of itself a price may exceed another that it should not: a price that was divided and multiplied has lost its last digits.
const ROUNDING: f64 = 1e-12;
/// Share of bars with their close below the low from which the close alone is assumed to be adjusted.
const MOST_BELOW: f64 = 0.5;
/// Share of flat bars above which they are worth a warning.
const SOME: f64 = 0.01;

fn find(bars: &Bars, findings: &mut Vec<Finding>) {
    let (o, h, l, c) = (&bars.open, &bars.high, &bars.low, &bars.close);
    let reversed = dates(bars, |t| exceeds(l[t], h[t]));
    if !reversed.is_empty() {
        let found = format!("the high is below the low: {}", first_few(&reversed));
        findings.push(Finding::new(
            Severity::Error,
            "high-below-low",
            reversed.len(),
            found,
        ));
    }
    let outside = dates(bars, |t| {
        !exceeds(l[t], h[t])
            && [o[t], c[t]]
                .iter()
                .any(|price| exceeds(*price, h[t]) || exceeds(l[t], *price))
    });
    if !outside.is_empty() {
        let closes_below = dates(bars, |t| exceeds(l[t], c[t]) && !exceeds(l[t], o[t]));
        let is_adjusted = share(closes_below.len(), bars) > MOST_BELOW;
        let share = share(outside.len(), bars);
        let (severity, meaning) = if is_adjusted {
            (
                Severity::Error,
                "only the close is adjusted, for dividends or splits: get the prices unadjusted, or all of them adjusted",
            )
        } else if share > MOST_VIOLATIONS {
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
            first_few(&outside)
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

/// Whether a price is above another by more than rounding.
fn exceeds(price: f64, other: f64) -> bool {
    price > other * (1.0 + ROUNDING)
}
