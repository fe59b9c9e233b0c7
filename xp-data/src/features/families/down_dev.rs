//! Downside deviation of log returns, annual.

use crate::features::{
    family::Family,
    returns::{YEAR, mean_square_loss},
    series::BarSeries,
    window::map,
};

pub(super) const FAMILY: Family = Family {
    name: "down_dev",
    warmup: 1,
    definition: "sqrt(mean(min(r,0)^2)*252)",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    map(&mean_square_loss(b, w), |x| (x * YEAR).sqrt())
}
