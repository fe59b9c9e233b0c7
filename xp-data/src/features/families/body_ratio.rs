//! Mean share of the candle's body in its range.

use crate::features::{candle::share, family::Family, series::BarSeries};

pub(super) const FAMILY: Family = Family {
    name: "body_ratio",
    warmup: 0,
    definition: "mean |C-O|/(H-L)",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    share(b, w, |t| (b.c[t] - b.o[t]).abs())
}
