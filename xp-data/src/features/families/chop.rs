//! Choppiness index: log of the path of true ranges over the range of the window.

use crate::features::{
    family::Family,
    series::BarSeries,
    window::{divide, map, max, min, sum, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "chop",
    warmup: 1,
    definition: "ln(sumTR/(HH-LL))/ln w",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let range = zip(&max(&b.h, w), &min(&b.l, w), |h, l| h - l);
    // True ranges cover the range of their window, so that the quotient is at least 1.
    map(&divide(&sum(&b.tr, w), &range, &max(&b.h, w), 1.0), |x| {
        libm::log(x) / libm::log(w as f64)
    })
}
