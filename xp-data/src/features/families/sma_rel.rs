//! Close relative to its simple moving average.

use crate::features::{
    family::Family,
    series::BarSeries,
    window::{mean, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "sma_rel",
    warmup: 0,
    definition: "C/SMA_w-1",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    zip(&b.c, &mean(&b.c, w), |c, m| c / m - 1.0)
}
