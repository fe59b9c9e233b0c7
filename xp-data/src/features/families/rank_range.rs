//! Percentile rank of the newest relative range in the window.

use crate::features::{
    family::Family,
    scalar::ROUNDING,
    series::BarSeries,
    window::{rank, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "rank_range",
    warmup: 0,
    definition: "pct rank of (H-L)/C",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    rank(&zip(&b.range, &b.c, |range, c| range / c), w, |_| ROUNDING)
}
