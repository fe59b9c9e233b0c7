//! z-score of the log volume in its window.

use crate::features::{
    family::Family,
    scalar::ratio,
    series::BarSeries,
    traded::of_traded,
    window::{mean, std, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "volume_z",
    warmup: 0,
    definition: "z-score of ln V",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    of_traded(b, w, FAMILY.warmup, 0.0, |b| {
        let above = zip(&b.lv, &mean(&b.lv, w), |v, m| v - m);
        zip(&above, &std(&b.lv, w), |above, sd| {
            ratio(above, sd, 1.0, 0.0)
        })
    })
}
