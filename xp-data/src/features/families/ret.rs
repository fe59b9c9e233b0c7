//! Log return over the window.

use crate::features::{
    family::Family,
    series::BarSeries,
    window::{lag, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "ret",
    warmup: 1,
    definition: "ln(C/C[-w])",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    zip(&b.lc, &lag(&b.lc, w), |now, then| now - then)
}
