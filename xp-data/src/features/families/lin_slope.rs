//! Slope of a linear fit to the log close, over the window.

use crate::features::{
    family::Family,
    series::BarSeries,
    window::{line, map},
};

pub(super) const FAMILY: Family = Family {
    name: "lin_slope",
    warmup: 0,
    definition: "OLS slope of ln C per bar * w",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    map(&line(&b.lc, w).slope, |slope| slope * w as f64)
}
