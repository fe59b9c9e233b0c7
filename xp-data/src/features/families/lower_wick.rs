//! Mean share of the candle's lower wick in its range.

use crate::features::{candle::share, family::Family, series::BarSeries};

pub(super) const FAMILY: Family = Family {
    name: "lower_wick",
    warmup: 0,
    definition: "mean (min(O,C)-L)/(H-L)",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    share(b, w, |t| b.o[t].min(b.c[t]) - b.l[t])
}
