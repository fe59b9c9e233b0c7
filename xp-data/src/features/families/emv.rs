//! Ease of movement (Arms): mean as a share of the mean magnitude.

use crate::features::{
    family::Family,
    series::BarSeries,
    window::{divide, map, mean, ratio},
};

pub(super) const FAMILY: Family = Family {
    name: "emv",
    warmup: 1,
    definition: "signed share of ease-of-movement",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let ease: Vec<f64> = (0..b.c.len())
        .map(|t| {
            ratio(
                ((b.h[t] + b.l[t]) - (b.ph[t] + b.pl[t])) / 2.0 * b.range[t],
                b.v[t],
                0.0,
            )
        })
        .collect();
    divide(&mean(&ease, w), &mean(&map(&ease, f64::abs), w), 0.0)
}
