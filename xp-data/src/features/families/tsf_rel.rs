//! Log close relative to the end of its linear fit (time series forecast).

use crate::features::{
    family::Family,
    series::BarSeries,
    window::{line, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "tsf_rel",
    warmup: 0,
    definition: "lnC - OLS fit at t",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    zip(&b.lc, &line(&b.lc, w).end, |c, fit| c - fit)
}
