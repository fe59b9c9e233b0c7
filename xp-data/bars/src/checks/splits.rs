//! Jumps of the price that look like splits for which it is not adjusted.

use super::check::{Check, UNITS, median};
use crate::{
    bars::Bars,
    findings::{Finding, Severity, first_few},
};

pub(super) const CHECK: Check = Check {
    names: &["split"],
    find,
};

/// Ratios of shares after to before, splits and reverse splits, with their names.
const RATIOS: [(f64, &str); 17] = [
    (1.25, "5:4"),
    (4.0 / 3.0, "4:3"),
    (1.5, "3:2"),
    (2.0, "2:1"),
    (3.0, "3:1"),
    (4.0, "4:1"),
    (5.0, "5:1"),
    (6.0, "6:1"),
    (7.0, "7:1"),
    (8.0, "8:1"),
    (10.0, "10:1"),
    (15.0, "15:1"),
    (20.0, "20:1"),
    (25.0, "25:1"),
    (50.0, "50:1"),
    (100.0, "100:1"),
    (1000.0, "1000:1"),
];
/// From which ratio on no market moves as much overnight, whatever its turnover.
const CERTAIN: f64 = 10.0;
/// How near an overnight jump must be to a ratio: below 1.9 near, since markets move so; above less, since the market moves on that day
/// too; and where no market moves so, anywhere near.
const TOLERANCES: [(f64, f64); 3] = [(1.9, 0.03), (CERTAIN, 0.12), (f64::INFINITY, 0.3)];
/// How near the change of the close must be to the ratio, beyond the tolerance of the jump.
const CLOSE_TOLERANCE: f64 = 0.2;
/// Bars before a jump whose median turnover and volume distinguish a crash, on which both multiply, from a split or another unit, on which one
/// of them does not.
const TURNOVER_BARS: usize = 20;
const MAX_TURNOVER: f64 = 3.0;

fn find(bars: &Bars, findings: &mut Vec<Finding>) {
    let (mut found, mut options) = (Vec::new(), Vec::new());
    for t in 1..bars.len() {
        let jump = bars.close[t - 1] / bars.open[t];
        let (size, what) = if jump >= 1.0 {
            (jump, "split")
        } else {
            (1.0 / jump, "reverse split")
        };
        let Some((ratio, name)) = nearest(size) else {
            continue;
        };
        // A wrong opening price jumps too, but the close does not follow.
        let of_close = if jump >= 1.0 {
            bars.close[t - 1] / bars.close[t]
        } else {
            bars.close[t] / bars.close[t - 1]
        };
        if (of_close / ratio - 1.0).abs() > CLOSE_TOLERANCE + tolerance(ratio) {
            continue;
        }
        let turnover = |t: usize| bars.close[t] * bars.volume[t];
        let before = t.saturating_sub(TURNOVER_BARS)..t;
        let usual_turnover = median(before.clone().map(turnover));
        let usual_volume = median(before.map(|t| bars.volume[t]));
        let note = if usual_turnover > 0.0 && turnover(t) > 0.0 {
            if ratio < CERTAIN
                && turnover(t) > MAX_TURNOVER * usual_turnover
                && bars.volume[t] > MAX_TURNOVER * usual_volume
            {
                continue;
            }
            ""
        } else if ratio < 2.0 {
            // Without volume, half as much again is not a rare move of an index of volatility.
            continue;
        } else {
            ", undecided by volume"
        };
        let unit = if UNITS.contains(&ratio) {
            ", or another unit from here on"
        } else {
            ""
        };
        options.push(format!("{}={}", bars.date[t], shares(&name, jump)));
        found.push(format!(
            "{} {name} {what}{unit} (close {} → open {}{note})",
            bars.date[t],
            bars.close[t - 1],
            bars.open[t]
        ));
    }
    if !found.is_empty() {
        let text = format!(
            "prices look unadjusted: {}; use adjusted prices, or labels and features are wrong around these days; if these are splits, --splits {} adjusts for them",
            first_few(&found),
            options.join(",")
        );
        findings.push(Finding::new(Severity::Warning, "split", found.len(), text));
    }
}

/// New for old shares: a reverse split has fewer new ones.
fn shares(name: &str, jump: f64) -> String {
    match name.split_once(':') {
        Some((more, less)) if jump < 1.0 => format!("{less}:{more}"),
        _ => name.to_owned(),
    }
}

fn tolerance(ratio: f64) -> f64 {
    let found = TOLERANCES.iter().find(|(below, _)| ratio < *below);
    found.map_or(0.0, |(_, tolerance)| *tolerance)
}

/// The ratio that a jump is nearest to, if it is near enough; a jump that no market makes is one by its own size.
fn nearest(size: f64) -> Option<(f64, String)> {
    let distance = |ratio: f64| (size / ratio - 1.0).abs();
    let near = RATIOS
        .iter()
        .filter(|(ratio, _)| distance(*ratio) <= tolerance(*ratio))
        .min_by(|(a, _), (b, _)| distance(*a).total_cmp(&distance(*b)));
    match near {
        Some((ratio, name)) => Some((*ratio, (*name).to_owned())),
        None if size >= CERTAIN => Some((size, format!("{size:.0}:1"))),
        None => None,
    }
}
