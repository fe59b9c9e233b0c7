//! 5 % quantile of returns, by linear interpolation (historical value at risk).

use crate::features::{family::Family, series::BarSeries, window::sorted};

pub(super) const FAMILY: Family = Family {
    name: "var05",
    warmup: 1,
    definition: "5% quantile of r (linear)",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    sorted(&b.r, w, |window| {
        let position = 0.05 * (window.len() as f64 - 1.0);
        let below = position.floor() as usize;
        let above = (below + 1).min(window.len() - 1);
        let (a, b) = (window[below], window[above]);
        a + (b - a) * (position - below as f64)
    })
}
