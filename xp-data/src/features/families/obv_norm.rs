//! On-balance volume of the window as a share of all its volume.

use crate::features::{
    family::Family,
    scalar::direction,
    series::BarSeries,
    window::{divide, sum, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "obv_norm",
    warmup: 1,
    definition: "sum(sign(r)V)/sum(V)",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let signed = zip(&zip(&b.c, &b.pc, direction), &b.v, |sign, v| sign * v);
    let all = sum(&b.v, w);
    divide(&sum(&signed, w), &all, &all, 0.0)
}
