//! Log of the volume relative to its mean.

use crate::features::{
    family::Family,
    series::BarSeries,
    traded::of_traded,
    window::{mean, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "vol_ratio",
    warmup: 0,
    definition: "ln(V/SMA_w(V))",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    of_traded(b, w, FAMILY.warmup, 0.0, |b| {
        zip(&b.v, &mean(&b.v, w), |v, m| libm::log(v / m))
    })
}
