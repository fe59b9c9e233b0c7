//! Jumps of the price that look like splits for which it is not adjusted.

use super::check::Check;
use crate::{
    bars::Bars,
    findings::{Finding, Severity, few},
};

pub(super) const CHECK: Check = Check {
    names: &["split"],
    find,
};

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

fn find(bars: &Bars, findings: &mut Vec<Finding>) {
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
