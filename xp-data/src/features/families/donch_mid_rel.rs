//! Close relative to the middle of the Donchian channel.

use crate::features::{
    family::Family,
    series::BarSeries,
    window::{max, min, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "donch_mid_rel",
    warmup: 0,
    definition: "C/((HH+LL)/2)-1",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let middle = zip(&max(&b.h, w), &min(&b.l, w), |h, l| (h + l) / 2.0);
    zip(&b.c, &middle, |c, m| c / m - 1.0)
}
