//! Directional movement index (Wilder, 1978) by plain sums, from 0 to 1.

use crate::features::{
    candle::movements,
    family::Family,
    series::BarSeries,
    window::{ratio, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "dx",
    warmup: 1,
    definition: "|sum+DM - sum-DM|/(sum+DM + sum-DM)",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let (up, down) = movements(b, w);
    zip(&up, &down, |u, d| ratio((u - d).abs(), u + d, 0.0))
}
