//! Aroon oscillator (Chande, 1995): how much later the highest high was than the lowest low.

use crate::features::{
    family::Family,
    series::BarSeries,
    window::{latest_best, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "aroon_osc",
    warmup: 0,
    definition: "(argmaxH-argminL)/(w-1), latest tie",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let high = latest_best(&b.h, w, |best, x| best > x);
    let low = latest_best(&b.l, w, |best, x| best < x);
    zip(&high, &low, |h, l| (h - l) / (w as f64 - 1.0))
}
