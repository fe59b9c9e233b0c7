//! Average true range as a share of the close.

use crate::features::{
    family::Family,
    series::BarSeries,
    window::{mean, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "atr_pct",
    warmup: 1,
    definition: "SMA(TR)/C",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    zip(&mean(&b.tr, w), &b.c, |range, c| range / c)
}
