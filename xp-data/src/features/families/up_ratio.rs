//! Share of bars with a positive return.

use crate::features::{
    family::Family,
    scalar::direction,
    series::BarSeries,
    window::{mean, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "up_ratio",
    warmup: 1,
    definition: "share of r>0",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let up = zip(&b.c, &b.pc, |c, pc| match direction(c, pc) {
        none if none.is_nan() => none,
        sign => f64::from(u8::from(sign > 0.0)),
    });
    mean(&up, w)
}
