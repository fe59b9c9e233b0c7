//! Mean intraday log return.

use crate::features::{family::Family, series::BarSeries, window::mean};

pub(super) const FAMILY: Family = Family {
    name: "intraday_mean",
    warmup: 0,
    definition: "mean ln(C/O)",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    mean(&b.intraday, w)
}
