//! z-score of the log volume in its window.

use crate::features::{
    family::Family,
    series::BarSeries,
    window::{divide, mean, std, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "volume_z",
    warmup: 0,
    definition: "z-score of ln V",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    divide(
        &zip(&b.lv, &mean(&b.lv, w), |v, m| v - m),
        &std(&b.lv, w),
        0.0,
    )
}
