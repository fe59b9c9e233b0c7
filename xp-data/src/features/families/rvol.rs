//! Realised volatility of log returns, annual.

use crate::features::{
    family::Family,
    returns::YEAR,
    series::BarSeries,
    window::{map, std},
};

pub(super) const FAMILY: Family = Family {
    name: "rvol",
    warmup: 1,
    definition: "std(r)*sqrt252",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    map(&std(&b.r, w), |x| x * YEAR.sqrt())
}
