//! Volumes of 0, and volumes in another unit than those around them.

use std::ops::Range;

use super::check::{Check, around, dates, median};
use crate::{
    bars::Bars,
    findings::{Finding, Severity, first_few},
};

pub(super) const CHECK: Check = Check {
    names: &["no-volume", "zero-volume", "volume-unit"],
    find,
};

/// Times the volumes around it that a volume does not reach, as a rule: it may be in lots, or in thousands.
const UNIT: f64 = 50.0;
/// Bars on either side that are compared.
const AROUND: usize = 20;

fn find(bars: &Bars, findings: &mut Vec<Finding>) {
    let zero = dates(bars, |t| bars.volume[t] == 0.0);
    if zero.len() == bars.len() {
        let found =
            "the volume is 0 throughout, which counts as absent: features of volume are constant";
        findings.push(Finding::new(
            Severity::Warning,
            "no-volume",
            zero.len(),
            found,
        ));
    } else if !zero.is_empty() {
        let found = format!(
            "the volume is 0, which counts as absent: ratios of volume are carried from the bar before, sums leave it out: {}",
            first_few(&zero)
        );
        findings.push(Finding::new(
            Severity::Warning,
            "zero-volume",
            zero.len(),
            found,
        ));
    }
    let usual = |bars_of: Range<usize>| median(bars_of.map(|t| bars.volume[t]));
    let is_other = |a: f64, b: f64| a > 0.0 && b > 0.0 && (a / b > UNIT || b / a > UNIT);
    let switches = dates(bars, |t| {
        let is_full = t >= AROUND && t + AROUND < bars.len();
        let before = t.checked_sub(1).and_then(|before| bars.volume.get(before));
        // Of a lasting switch the first bar alone: its own volume jumps too.
        let jumps = before.is_some_and(|before| is_other(*before, bars.volume[t]));
        is_full && jumps && is_other(usual(t - AROUND..t), usual(t..t + AROUND))
    });
    let singles = dates(bars, |t| {
        is_other(usual(around(bars, t, AROUND / 2)), bars.volume[t])
    });
    let mut found = Vec::new();
    if !switches.is_empty() {
        found.push(format!("from then on: {}", first_few(&switches)));
    }
    if !singles.is_empty() {
        found.push(format!("on single bars: {}", first_few(&singles)));
    }
    if !found.is_empty() {
        let text = format!(
            "volumes more than {UNIT} times those around them, or less than that part, as of another unit ({})",
            found.join("; ")
        );
        findings.push(Finding::new(
            Severity::Warning,
            "volume-unit",
            switches.len() + singles.len(),
            text,
        ));
    }
}
