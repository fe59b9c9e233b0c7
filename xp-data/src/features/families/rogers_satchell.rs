//! Volatility by open, high, low and close for prices with a drift, annual (Rogers and Satchell, 1991).

use crate::features::{
    family::Family,
    series::BarSeries,
    volatility::{annual, rogers_satchell_daily},
    window::{map, mean},
};

pub(super) const FAMILY: Family = Family {
    name: "rogers_satchell",
    warmup: 0,
    definition: "Rogers-Satchell vol",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    map(&mean(&rogers_satchell_daily(b), w), annual)
}
