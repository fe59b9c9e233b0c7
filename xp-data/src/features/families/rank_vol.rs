//! Percentile rank of the newest volume in the window.

use crate::features::{family::Family, series::BarSeries, window::rank};

pub(super) const FAMILY: Family = Family {
    name: "rank_vol",
    warmup: 0,
    definition: "pct rank of V_t",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    rank(&b.v, w)
}
