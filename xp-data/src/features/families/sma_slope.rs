//! Relative change of the simple moving average over 5 bars.

use crate::features::{
    family::Family,
    series::BarSeries,
    window::{lag, mean, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "sma_slope",
    warmup: 5,
    definition: "SMA_w/SMA_w[-5]-1",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let mean = mean(&b.c, w);
    zip(&mean, &lag(&mean, 5), |now, then| now / then - 1.0)
}
