//! Chaikin money flow: close-location value weighted by volume.

use crate::features::{
    family::Family,
    series::BarSeries,
    window::{divide, sum, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "cmf",
    warmup: 0,
    definition: "sum(CLV*V)/sum(V)",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let flow = sum(&zip(&b.clv, &b.v, |clv, v| clv * v), w);
    let all = sum(&b.v, w);
    divide(&flow, &all, &all, 0.0)
}
