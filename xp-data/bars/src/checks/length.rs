//! Too few bars for an experiment.

use xp_spec::{minima::MIN_ROWS, split::WARMUP_BARS};

use super::check::Check;
use crate::{
    bars::Bars,
    findings::{Finding, Severity},
};

pub(super) const CHECK: Check = Check {
    names: &["short"],
    find,
};

fn find(bars: &Bars, findings: &mut Vec<Finding>) {
    let needed = WARMUP_BARS + MIN_ROWS;
    if bars.len() <= needed {
        let found = format!(
            "{} bars; experiments need more than {needed}: {WARMUP_BARS} are warm-up and more than {MIN_ROWS} must be left",
            bars.len()
        );
        findings.push(Finding::new(Severity::Warning, "short", bars.len(), found));
    }
}
