//! Close relative to its linearly weighted moving average.

use crate::features::{
    family::Family,
    series::BarSeries,
    window::{weighted_mean, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "wma_rel",
    warmup: 0,
    definition: "C/WMA_w-1",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    zip(&b.c, &weighted_mean(&b.c, w), |c, m| c / m - 1.0)
}
