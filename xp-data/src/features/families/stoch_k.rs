//! Stochastic oscillator %K: position of the close in the range of the window, from 0 to 1.

use crate::features::{
    family::Family,
    series::BarSeries,
    window::{divide, max, min, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "stoch_k",
    warmup: 0,
    definition: "(C-LL_w)/(HH_w-LL_w)",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let (low, high) = (min(&b.l, w), max(&b.h, w));
    divide(
        &zip(&b.c, &low, |c, l| c - l),
        &zip(&high, &low, |h, l| h - l),
        &high,
        0.5,
    )
}
