//! Mean share of the candle's upper wick in its range.

use crate::features::{candle::share, family::Family, series::BarSeries};

pub(super) const FAMILY: Family = Family {
    name: "upper_wick",
    warmup: 0,
    definition: "mean (H-max(O,C))/(H-L)",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    share(b, w, |t| b.h[t] - b.o[t].max(b.c[t]))
}
