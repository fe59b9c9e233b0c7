//! Start-up and quasi-random points: Owen-scrambled Sobol. It looks at no result.

use crate::{
    axis::{Kind, boundary_levels},
    compiled::{Compiled, Point},
    random::{Purpose, Stream, fold},
};

/// Dimensions for which `sobol_burley` has direction numbers; further ones are drawn at random.
const DIMENSIONS: u32 = 256;
/// Points of one scrambled sequence; a longer study takes the next scrambling.
const LENGTH: u32 = 1 << 16;

/// Quantile of dimension `dimension` of point `index`.
fn quantile(index: u32, dimension: u32, seed: u64) -> f64 {
    let scrambling = fold(seed.wrapping_add(u64::from(index / LENGTH)));
    f64::from(sobol_burley::sample(index % LENGTH, dimension, scrambling))
}

/// Point `number` of the scrambled sequence.
pub(crate) fn point(space: &Compiled, seed: u64, number: u32) -> Point {
    let mut random = Stream::new(seed, number, Purpose::Point);
    space
        .axes
        .iter()
        .zip(0..)
        .map(|(axis, dimension)| {
            axis.at_quantile(if dimension < DIMENSIONS {
                quantile(number, dimension, seed)
            } else {
                random.uniform()
            })
        })
        .collect()
}

/// Point `number` of the start-up: as [`point`], but every other trial takes the next boundary shape of an architecture
/// list, since an interior design never learns whether the extremes pay.
pub(crate) fn startup_point(space: &Compiled, seed: u64, number: u32) -> Point {
    let mut point = point(space, seed, number);
    for (axis, coordinate) in space.axes.iter().zip(&mut point) {
        if let Kind::Shapes { shapes, .. } = &axis.kind {
            let boundary = boundary_levels(shapes);
            if number.is_multiple_of(2)
                && let Some(level) = boundary.get(number as usize / 2)
            {
                *coordinate = *level as f64;
            }
        }
    }
    point
}
