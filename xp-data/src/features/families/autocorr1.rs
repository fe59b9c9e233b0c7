//! Autocorrelation of log returns at lag 1.

use crate::features::{
    family::Family,
    series::BarSeries,
    window::{correlation, lag},
};

pub(super) const FAMILY: Family = Family {
    name: "autocorr1",
    warmup: 2,
    definition: "corr(r_t,r_t-1)",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    correlation(&b.r, &lag(&b.r, 1), w)
}
