//! Close relative to the volume-weighted average of the typical price.

use crate::features::{
    family::Family,
    series::BarSeries,
    traded::relative_to_average,
    window::{sum, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "vwap_rel",
    warmup: 0,
    definition: "C/VWAP_w-1 (typical price)",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let value = sum(&zip(&b.typical, &b.v, |p, v| p * v), w);
    relative_to_average(b, &value, w)
}
