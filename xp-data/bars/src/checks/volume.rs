//! Volumes of 0.

use super::check::{Check, dates};
use crate::{
    bars::Bars,
    findings::{Finding, Severity, first_few},
};

pub(super) const CHECK: Check = Check {
    names: &["no-volume", "zero-volume"],
    find,
};

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
}
