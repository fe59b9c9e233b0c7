//! Money flow index, from 0 to 1.

use crate::features::{
    family::Family,
    series::BarSeries,
    window::{lag, ratio, sum, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "mfi",
    warmup: 1,
    definition: "money-flow index /100",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let before = lag(&b.typical, 1);
    let flow = |up: bool| -> Vec<f64> {
        (0..before.len())
            .map(|t| match before[t] {
                p if p.is_nan() => f64::NAN,
                p if (up && b.typical[t] > p) || (!up && b.typical[t] < p) => b.typical[t] * b.v[t],
                _ => 0.0,
            })
            .collect()
    };
    let (up, down) = (sum(&flow(true), w), sum(&flow(false), w));
    zip(&up, &down, |u, d| ratio(u, u + d, 0.5))
}
