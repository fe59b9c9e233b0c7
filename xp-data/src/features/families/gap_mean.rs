//! Mean overnight log return.

use crate::features::{family::Family, series::BarSeries, window::mean};

pub(super) const FAMILY: Family = Family {
    name: "gap_mean",
    warmup: 1,
    definition: "mean ln(O/C1)",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    mean(&b.gap, w)
}
