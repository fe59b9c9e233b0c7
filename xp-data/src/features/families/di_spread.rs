//! Difference of the directional indicators (Wilder, 1978) by plain sums.

use crate::features::{
    candle::movements,
    family::Family,
    series::BarSeries,
    window::{divide, sum, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "di_spread",
    warmup: 1,
    definition: "(sum+DM - sum-DM)/sum TR",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let (up, down) = movements(b, w);
    let spread = zip(&up, &down, |u, d| u - d);
    divide(&spread, &sum(&b.tr, w), &sum(&b.c, w), 0.0)
}
