//! Log illiquidity (Amihud, 2002), relative to the window's own mean volume and return.

use crate::features::{
    family::Family,
    scalar::ratio,
    series::BarSeries,
    traded::of_traded,
    window::{map, mean, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "amihud",
    warmup: 1,
    definition: "ln(mean(|r|/DV)*mean(DV)/mean|r|)",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    of_traded(b, w, FAMILY.warmup, 0.0, |b| {
        let absolute = map(&b.r, f64::abs);
        let impact = zip(
            &mean(&zip(&absolute, &b.dollar, |r, d| r / d), w),
            &mean(&b.dollar, w),
            |a, b| a * b,
        );
        // The quotient is at least 1/w.
        zip(&impact, &mean(&absolute, w), |impact, r| {
            libm::log(ratio(impact, r, 1.0, 1.0))
        })
    })
}
