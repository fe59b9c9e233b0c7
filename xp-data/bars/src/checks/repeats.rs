//! Bars that repeat the one before.

use super::check::{Check, dates};
use crate::{
    bars::Bars,
    findings::{Finding, Severity, first_few},
};

pub(super) const CHECK: Check = Check {
    names: &["repeated-bars"],
    find,
};

fn find(bars: &Bars, findings: &mut Vec<Finding>) {
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
            first_few(&copies)
        );
        findings.push(Finding::new(
            Severity::Warning,
            "repeated-bars",
            copies.len(),
            found,
        ));
    }
}
