//! Correlation of returns with changes of the log volume.

use crate::features::{
    family::Family,
    series::BarSeries,
    traded::of_traded,
    window::{correlation, lag, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "pv_corr",
    warmup: 1,
    definition: "corr(r, dlnV)",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    of_traded(b, w, FAMILY.warmup, 0.0, |b| {
        correlation(&b.r, &zip(&b.lv, &lag(&b.lv, 1), |now, then| now - then), w)
    })
}
