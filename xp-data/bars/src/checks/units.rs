//! Prices in another unit than those around them: pence among pounds, for a bar, some bars, or one price of a bar.

use super::check::{Check, UNITS, around, median};
use crate::{
    bars::Bars,
    findings::{Finding, Severity, first_few},
};

pub(super) const CHECK: Check = Check {
    names: &["unit", "unit-of-bars", "spike"],
    find,
};

/// How near a price must be to such a multiple of those around it, as a ratio: a market moves by less within the bars compared.
const NEAR: f64 = 1.6;
/// A high above, or a low below, open and close of a bar by more than this share, and by so many times what is usual around it.
const LONG_WICK: f64 = 0.2;
const WICKS: f64 = 15.0;
/// Times the level around it that a price of a bar does not reach, as a rule.
const SPIKE: f64 = 5.0;
/// Bars on either side whose median close a price is compared with.
const AROUND: usize = 10;

fn find(bars: &Bars, findings: &mut Vec<Finding>) {
    let (mut mixed, mut whole, mut spikes) = (Vec::new(), Vec::new(), Vec::new());
    for t in 0..bars.len() {
        let near = around(bars, t, AROUND);
        let level = median(near.clone().map(|t| bars.close[t]));
        let wicks = median(near.map(|t| wick(bars, t)));
        let prices = [
            ("open", bars.open[t]),
            ("high", bars.high[t]),
            ("low", bars.low[t]),
            ("close", bars.close[t]),
        ];
        let off: Vec<(&str, f64, f64)> = prices
            .iter()
            .filter_map(|(name, price)| Some((*name, *price, unit(price / level)?)))
            .collect();
        let date = bars.date[t];
        let (low, high) = (
            bars.low[t].min(bars.open[t]),
            bars.high[t].max(bars.close[t]),
        );
        let is_long = wick(bars, t) > LONG_WICK.max(wicks * WICKS);
        match off.as_slice() {
            [] if is_long => spikes.push(format!(
                "{date} {} to {} around {} and {}",
                bars.low[t], bars.high[t], bars.open[t], bars.close[t]
            )),
            [] if high > level * SPIKE || low < level / SPIKE => {
                spikes.push(format!("{date} {low} to {high} at a level of {level}"));
            }
            [] => {}
            [(.., first), .., (.., last)] if off.len() == prices.len() && first == last => {
                whole.push(format!("{date} {}", multiple(*first)));
            }
            [(name, price, factor), ..] => {
                mixed.push(format!("{date} {name} {price}, {}", multiple(*factor)));
            }
        }
    }
    if !mixed.is_empty() {
        let found = format!(
            "a price of a bar is in another unit than the others of the bar and of those around it: {}; correct these rows",
            first_few(&mixed)
        );
        findings.push(Finding::new(Severity::Error, "unit", mixed.len(), found));
    }
    if !spikes.is_empty() {
        let found = format!(
            "prices far from those around them: {}; labels by high and features are wrong there, unless it was so traded",
            first_few(&spikes)
        );
        let found = Finding::new(Severity::Warning, "spike", spikes.len(), found);
        findings.push(found);
    }
    if !whole.is_empty() {
        let found = format!(
            "bars in another unit than those around them: {}; labels and features are wrong around these days",
            first_few(&whole)
        );
        let found = Finding::new(Severity::Warning, "unit-of-bars", whole.len(), found);
        findings.push(found);
    }
}

/// How far the high is above open and close, or the low below them, as a share.
fn wick(bars: &Bars, t: usize) -> f64 {
    let (low, high) = (
        bars.open[t].min(bars.close[t]),
        bars.open[t].max(bars.close[t]),
    );
    (bars.high[t] / high).max(low / bars.low[t]) - 1.0
}

/// The unit that a ratio to the level around is near to, above or below it.
fn unit(ratio: f64) -> Option<f64> {
    let units = UNITS.iter().flat_map(|unit| [*unit, 1.0 / unit]);
    let mut near = units.filter(|unit| (1.0 / NEAR..NEAR).contains(&(ratio / unit)));
    near.next()
}

fn multiple(unit: f64) -> String {
    if unit >= 1.0 {
        format!("× {unit}")
    } else {
        format!("÷ {}", (1.0 / unit).round())
    }
}
