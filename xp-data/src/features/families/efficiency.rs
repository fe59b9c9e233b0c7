//! Efficiency ratio (Kaufman, 1995): net change over the length of the path.

use crate::features::{
    family::Family,
    series::BarSeries,
    window::{divide, lag, sum, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "efficiency",
    warmup: 1,
    definition: "|C-C[-w]|/sum|dC|",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let net = zip(&b.c, &lag(&b.c, w), |now, then| (now - then).abs());
    let path = sum(&zip(&b.c, &b.pc, |c, pc| (c - pc).abs()), w);
    divide(&net, &path, &sum(&b.c, w), 0.0)
}
