//! Close relative to its triangular moving average.

use crate::features::{
    family::Family,
    series::BarSeries,
    window::{mean, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "trima_rel",
    warmup: 0,
    definition: "C/SMA(SMA)-1, total w",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let half = w.div_ceil(2);
    zip(&b.c, &mean(&mean(&b.c, half), w - half + 1), |c, m| {
        c / m - 1.0
    })
}
