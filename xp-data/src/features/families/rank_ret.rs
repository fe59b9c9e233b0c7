//! Percentile rank of the newest return in the window.

use crate::features::{family::Family, scalar::ROUNDING, series::BarSeries, window::rank};

pub(super) const FAMILY: Family = Family {
    name: "rank_ret",
    warmup: 1,
    definition: "pct rank of r_t",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    rank(&b.r, w, |_| ROUNDING)
}
