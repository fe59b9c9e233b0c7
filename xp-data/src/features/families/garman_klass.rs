//! Volatility by open, high, low and close, annual (Garman and Klass, 1980).

use crate::features::{
    family::Family,
    series::BarSeries,
    volatility::annual,
    window::{map, mean},
};

pub(super) const FAMILY: Family = Family {
    name: "garman_klass",
    warmup: 0,
    definition: "Garman-Klass vol",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let two_ln2 = 2.0 * libm::log(2.0);
    let daily: Vec<f64> = (0..b.c.len())
        .map(|t| {
            let (hl, co) = (libm::log(b.h[t] / b.l[t]), libm::log(b.c[t] / b.o[t]));
            0.5 * (hl * hl) - (two_ln2 - 1.0) * (co * co)
        })
        .collect();
    map(&mean(&daily, w), annual)
}
