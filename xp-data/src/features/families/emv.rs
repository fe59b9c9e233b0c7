//! Ease of movement (Arms): mean as a share of the mean magnitude.

use crate::features::{
    family::Family,
    series::BarSeries,
    traded::of_traded,
    window::{divide, map, mean, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "emv",
    warmup: 1,
    definition: "signed share of ease-of-movement",
    compute,
};

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    of_traded(b, w, FAMILY.warmup, 0.0, |b| {
        let per_volume = zip(&b.range, &b.v, |range, v| range / v);
        let middle = zip(&b.h, &b.l, |h, l| (h + l) / 2.0);
        let before = zip(&b.ph, &b.pl, |ph, pl| (ph + pl) / 2.0);
        let moved = zip(&middle, &before, |now, before| now - before);
        let ease = zip(&moved, &per_volume, |moved, per_volume| moved * per_volume);
        // What the ease would be if the middle moved by all of the price.
        let scale = zip(&middle, &per_volume, |price, per_volume| price * per_volume);
        let size = mean(&map(&ease, f64::abs), w);
        divide(&mean(&ease, w), &size, &mean(&scale, w), 0.0)
    })
}
