//! Share of bars with a positive return.

use crate::features::{
    family::Family,
    series::BarSeries,
    window::{map, mean},
};

pub(super) const FAMILY: Family = Family {
    name: "up_ratio",
    warmup: 1,
    definition: "share of r>0",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let up = map(&b.r, |r| {
        if r.is_nan() {
            r
        } else {
            f64::from(u8::from(r > 0.0))
        }
    });
    mean(&up, w)
}
