//! On-balance volume of the window as a share of all its volume.

use crate::features::{
    family::Family,
    scalar::sign,
    series::BarSeries,
    window::{divide, sum, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "obv_norm",
    warmup: 1,
    definition: "sum(sign(r)V)/sum(V)",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    divide(
        &sum(&zip(&b.r, &b.v, |r, v| sign(r) * v), w),
        &sum(&b.v, w),
        0.0,
    )
}
