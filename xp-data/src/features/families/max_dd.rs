//! Largest drawdown of the close inside the window.

use crate::features::{drawdown::drawdowns, family::Family, series::BarSeries};

pub(super) const FAMILY: Family = Family {
    name: "max_dd",
    warmup: 0,
    definition: "max drawdown of C inside window",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    drawdowns(b, w, f64::INFINITY, f64::min)
}
