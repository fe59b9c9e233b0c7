//! Sortino ratio of log returns without a target return, annual. The downside deviation is at least a tenth of the root mean square
//! return, so that a window with one tiny loss, or none, has a large ratio (at most 10·√252) and not an unbounded one.

use crate::features::{
    family::Family,
    returns::{YEAR, mean_square_loss},
    scalar::ratio,
    series::BarSeries,
    window::{map, mean, zip},
};

pub(super) const FAMILY: Family = Family {
    name: "sortino",
    warmup: 1,
    definition: "mean(r)/max(downdev, rms(r)/10)*sqrt252",
    compute,
};

/// Smallest downside deviation as a share of the root mean square return.
const LEAST: f64 = 0.1;

fn compute(b: &BarSeries, w: usize) -> Vec<f64> {
    let square = mean(&map(&b.r, |r| r * r), w);
    let deviation = zip(&mean_square_loss(b, w), &square, |loss, square| {
        loss.sqrt().max(LEAST * square.sqrt())
    });
    zip(&mean(&b.r, w), &deviation, |mean, deviation| {
        ratio(mean, deviation, 1.0, 0.0) * YEAR.sqrt()
    })
}
