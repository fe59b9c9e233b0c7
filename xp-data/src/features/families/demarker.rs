//! DeMarker indicator by simple moving averages, from 0 to 1.

use crate::features::{
    family::Family,
    series::BarSeries,
    window::{divide, mean, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "demarker",
    warmup: 1,
    definition: "DeMarker, SMA form",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let positive = |x: f64| if x.is_nan() { x } else { x.max(0.0) };
    let up = mean(&zip(&b.h, &b.ph, |h, ph| positive(h - ph)), w);
    let down = mean(&zip(&b.l, &b.pl, |l, pl| positive(pl - l)), w);
    divide(&up, &zip(&up, &down, |u, d| u + d), &mean(&b.h, w), 0.5)
}
