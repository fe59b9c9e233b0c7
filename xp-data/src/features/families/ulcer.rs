//! Ulcer index (Martin, 1987): root mean square of the drawdowns inside the window.

use crate::features::{drawdown::drawdowns, family::Family, series::BarSeries, window::map};

pub(super) const FAMILY: Family = Family {
    name: "ulcer",
    warmup: 0,
    definition: "sqrt(mean(dd^2)) inside window",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let squares = drawdowns(b, w, 0.0, |sum, drawdown| sum + drawdown * drawdown);
    map(&squares, |sum| (sum / w as f64).sqrt())
}
