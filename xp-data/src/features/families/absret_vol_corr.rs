//! Correlation of absolute returns with the log volume.

use crate::features::{
    family::Family,
    series::BarSeries,
    traded::of_traded,
    window::{correlation, map},
};

pub(super) const FAMILY: Family = Family {
    name: "absret_vol_corr",
    warmup: 1,
    definition: "corr(|r|, lnV)",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    of_traded(b, w, FAMILY.warmup, 0.0, |b| {
        correlation(&map(&b.r, f64::abs), &b.lv, w)
    })
}
