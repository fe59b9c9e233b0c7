//! Relative strength index in Cutler's form: plain sums instead of Wilder's smoothing, from 0 to 1.

use crate::features::{
    family::Family,
    series::BarSeries,
    window::{divide, map, sum, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "rsi",
    warmup: 1,
    definition: "Cutler RSI: sum(up)/sum(|dC|)",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let change = zip(&b.c, &b.pc, |c, pc| c - pc);
    let up = map(&change, |d| if d.is_nan() { d } else { d.max(0.0) });
    let path = sum(&map(&change, f64::abs), w);
    divide(&sum(&up, w), &path, &sum(&b.c, w), 0.5)
}
