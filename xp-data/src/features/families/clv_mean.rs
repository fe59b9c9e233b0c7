//! Mean close-location value.

use crate::features::{family::Family, series::BarSeries, window::mean};

pub(super) const FAMILY: Family = Family {
    name: "clv_mean",
    warmup: 0,
    definition: "mean close-location value",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    mean(&b.clv, w)
}
