//! Difference of the vortex indicators (Botes and Siepman, 2010).

use crate::features::{
    family::Family,
    series::BarSeries,
    window::{divide, sum, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "vortex",
    warmup: 1,
    definition: "(sum|H-L1| - sum|L-H1|)/sum TR",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let up = sum(&zip(&b.h, &b.pl, |h, pl| (h - pl).abs()), w);
    let down = sum(&zip(&b.l, &b.ph, |l, ph| (l - ph).abs()), w);
    let spread = zip(&up, &down, |u, d| u - d);
    divide(&spread, &sum(&b.tr, w), &sum(&b.c, w), 0.0)
}
