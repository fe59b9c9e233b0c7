//! Volatility by overnight gaps and intraday ranges, annual (Yang and Zhang, 2000).

use crate::features::{
    family::Family,
    series::BarSeries,
    volatility::{annual, rogers_satchell_daily},
    window::{mean, std},
};

pub(super) const FAMILY: Family = Family {
    name: "yang_zhang",
    warmup: 1,
    definition: "Yang-Zhang vol",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let n = w as f64;
    let k = 0.34 / (1.34 + (n + 1.0) / (n - 1.0));
    let (gap, day, rs) = (
        std(&b.gap, w),
        std(&b.intraday, w),
        mean(&rogers_satchell_daily(b), w),
    );
    (0..b.c.len())
        .map(|t| annual(gap[t] * gap[t] + k * (day[t] * day[t]) + (1.0 - k) * rs[t]))
        .collect()
}
