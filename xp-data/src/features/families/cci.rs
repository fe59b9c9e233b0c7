//! Commodity channel index (Lambert, 1980), divided by 100.

use crate::features::{
    family::Family,
    series::BarSeries,
    window::{divide, map, mean, sum_of, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "cci",
    warmup: 0,
    definition: "(TP-SMA)/(0.015*MAD)/100",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let absolute = sum_of(&b.typical, &mean(&b.typical, w), w, |x, mean| {
        (x - mean).abs()
    });
    let deviation = map(&absolute, |sum| 0.015 * (sum / w as f64));
    let above = zip(&b.typical, &mean(&b.typical, w), |p, m| p - m);
    map(
        &divide(&above, &deviation, &mean(&b.typical, w), 0.0),
        |x| x / 100.0,
    )
}
