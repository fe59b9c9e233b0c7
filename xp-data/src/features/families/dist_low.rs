//! Distance of the close from the lowest low.

use crate::features::{
    family::Family,
    series::BarSeries,
    window::{min, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "dist_low",
    warmup: 0,
    definition: "C/LL_w-1",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    zip(&b.c, &min(&b.l, w), |c, l| c / l - 1.0)
}
