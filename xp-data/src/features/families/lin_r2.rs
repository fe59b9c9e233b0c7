//! R² of a linear fit to the log close.

use crate::features::{family::Family, series::BarSeries, window::line};

pub(super) const FAMILY: Family = Family {
    name: "lin_r2",
    warmup: 0,
    definition: "OLS R2 of ln C",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    line(&b.lc, w).r2
}
