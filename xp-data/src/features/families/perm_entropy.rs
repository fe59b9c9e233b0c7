//! Permutation entropy of returns of order 3 (Bandt and Pompe, 2002), from 0 to 1.

use crate::features::{family::Family, scalar::ROUNDING, series::BarSeries, window::lag};

pub(super) const FAMILY: Family = Family {
    name: "perm_entropy",
    warmup: 1,
    definition: "permutation entropy of r, order 3",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let (a0, a1, a2) = (lag(&b.r, 2), lag(&b.r, 1), &b.r);
    // One of 8 patterns, or 8 where a return is missing.
    let codes: Vec<usize> = (0..b.c.len())
        .map(|t| {
            let (x, y, z) = (a0[t], a1[t], a2[t]);
            if x.is_nan() || y.is_nan() || z.is_nan() {
                return 8;
            }
            let rises = |from: f64, to: f64| usize::from(to - from > ROUNDING);
            rises(x, y) * 4 + rises(y, z) * 2 + rises(x, z)
        })
        .collect();
    let mut counts = [0_usize; 9];
    let length = w - 2;
    (0..codes.len())
        .map(|t| {
            counts[codes[t]] += 1;
            if let Some(oldest) = t.checked_sub(length) {
                counts[codes[oldest]] -= 1;
            }
            if t + 1 < length || counts[8] > 0 {
                return f64::NAN;
            }
            let mut entropy = 0.0;
            for count in counts.iter().filter(|count| **count > 0) {
                let p = *count as f64 / length as f64;
                entropy -= p * libm::log(p);
            }
            entropy / libm::log(6.0)
        })
        .collect()
}
