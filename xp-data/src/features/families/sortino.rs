//! Sortino ratio of log returns without a target return, annual.

use crate::features::{
    family::Family,
    returns::{YEAR, mean_square_loss},
    series::BarSeries,
    window::{divide, map, mean},
};

pub(super) const FAMILY: Family = Family {
    name: "sortino",
    warmup: 1,
    definition: "mean(r)/downdev*sqrt252",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let deviation = map(&mean_square_loss(b, w), f64::sqrt);
    map(&divide(&mean(&b.r, w), &deviation, 0.0), |x| {
        x * YEAR.sqrt()
    })
}
