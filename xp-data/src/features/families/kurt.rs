//! Excess kurtosis of log returns.

use crate::features::{family::Family, returns::moment, series::BarSeries};

pub(super) const FAMILY: Family = Family {
    name: "kurt",
    warmup: 1,
    definition: "excess kurtosis of r",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    moment(b, w, |x| (x * x) * (x * x), 3.0)
}
