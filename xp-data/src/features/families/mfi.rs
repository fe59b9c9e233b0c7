//! Money flow index, from 0 to 1.

use crate::features::{
    family::Family,
    scalar::{direction, ratio},
    series::BarSeries,
    window::{lag, sum, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "mfi",
    warmup: 1,
    definition: "money-flow index /100",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    // The sum of three prices is rounded, so that equal typical prices may differ in their last digit.
    let moves = zip(&b.typical, &lag(&b.typical, 1), direction);
    let flow = |sign: f64| -> Vec<f64> {
        (0..moves.len())
            .map(|t| match moves[t] {
                none if none.is_nan() => none,
                same if same == sign => b.typical[t] * b.v[t],
                _ => 0.0,
            })
            .collect()
    };
    let (up, down) = (sum(&flow(1.0), w), sum(&flow(-1.0), w));
    zip(&up, &down, |u, d| ratio(u, u + d, u + d, 0.5))
}
