//! Directional movement index (Wilder, 1978) by plain sums, from 0 to 1.

use crate::features::{
    candle::movements,
    family::Family,
    series::BarSeries,
    window::{divide, sum, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "dx",
    warmup: 1,
    definition: "|sum+DM - sum-DM|/(sum+DM + sum-DM)",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let (up, down) = movements(b, w);
    let spread = zip(&up, &down, |u, d| (u - d).abs());
    let both = zip(&up, &down, |u, d| u + d);
    divide(&spread, &both, &sum(&b.h, w), 0.0)
}
