//! Sharpe ratio of log returns without a risk-free rate, annual.

use crate::features::{
    family::Family,
    returns::YEAR,
    series::BarSeries,
    window::{divide, map, mean, std},
};

pub(super) const FAMILY: Family = Family {
    name: "sharpe",
    warmup: 1,
    definition: "mean(r)/std(r)*sqrt252",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    map(&divide(&mean(&b.r, w), &std(&b.r, w), 0.0), |x| {
        x * YEAR.sqrt()
    })
}
