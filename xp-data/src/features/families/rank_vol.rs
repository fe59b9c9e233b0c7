//! Percentile rank of the newest volume in the window.

use crate::features::{
    family::Family, scalar::ROUNDING, series::BarSeries, traded::of_traded, window::rank,
};

pub(super) const FAMILY: Family = Family {
    name: "rank_vol",
    warmup: 0,
    definition: "pct rank of V_t",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    of_traded(b, w, FAMILY.warmup, 0.5, |b| {
        rank(&b.v, w, |newest| ROUNDING * newest)
    })
}
