//! Force index (Elder, 1993): volume-weighted change as a share of the volume-weighted movement.

use crate::features::{
    family::Family,
    series::BarSeries,
    window::{divide, mean, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "force",
    warmup: 1,
    definition: "mean(V dC)/mean(V|dC|)",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let change = zip(&b.c, &b.pc, |c, pc| c - pc);
    let net = mean(&zip(&b.v, &change, |v, d| v * d), w);
    let size = mean(&zip(&b.v, &change, |v, d| v * d.abs()), w);
    divide(&net, &size, &mean(&b.dollar, w), 0.0)
}
