//! Distance of the close from the highest high.

use crate::features::{
    family::Family,
    series::BarSeries,
    window::{max, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "dist_high",
    warmup: 0,
    definition: "C/HH_w-1",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    zip(&b.c, &max(&b.h, w), |c, h| c / h - 1.0)
}
