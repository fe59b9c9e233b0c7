//! Volatility by highs and lows, annual (Parkinson, 1980).

use crate::features::{
    family::Family,
    returns::YEAR,
    series::BarSeries,
    window::{map, mean, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "parkinson",
    warmup: 0,
    definition: "sqrt(mean(ln(H/L)^2)/(4ln2)*252)",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let squares = zip(&b.h, &b.l, |h, l| libm::log(h / l) * libm::log(h / l));
    map(&mean(&squares, w), |x| {
        (x / (4.0 * libm::log(2.0)) * YEAR).sqrt()
    })
}
