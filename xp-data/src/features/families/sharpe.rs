//! Sharpe ratio of log returns without a risk-free rate, annual.

use crate::features::{
    family::Family,
    returns::YEAR,
    scalar::ratio,
    series::BarSeries,
    window::{mean, std, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "sharpe",
    warmup: 1,
    definition: "mean(r)/std(r)*sqrt252",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    zip(&mean(&b.r, w), &std(&b.r, w), |mean, sd| {
        ratio(mean, sd, 1.0, 0.0) * YEAR.sqrt()
    })
}
