//! Log illiquidity (Amihud, 2002), relative to the window's own mean volume and return.

use crate::features::{
    family::Family,
    scalar::log_floored,
    series::BarSeries,
    window::{divide, map, mean, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "amihud",
    warmup: 1,
    definition: "ln(mean(|r|/DV)*mean(DV)/mean|r|)",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let absolute = map(&b.r, f64::abs);
    let impact = zip(
        &mean(&zip(&absolute, &b.dollar, |r, d| r / d), w),
        &mean(&b.dollar, w),
        |a, b| a * b,
    );
    map(&divide(&impact, &mean(&absolute, w), 1.0), log_floored)
}
