//! Quasi-random points: the Owen-scrambled Sobol sequence. It uses no result.

use crate::{
    rng::{Purpose, Stream, fold},
    sampler::interface::{Candidates, Request, Sampler},
    space::encoded::{EncodedSpace, Point},
};

/// Dimensions for which `sobol_burley` has direction numbers; further ones are drawn at random.
const DIMENSIONS: u32 = 256;
/// Points of one scrambled sequence; a longer study takes the next scrambling.
const LENGTH: u32 = 1 << 16;

pub(crate) struct Sobol;

impl Sampler for Sobol {
    fn candidates<'a>(&self, request: &Request<'a>) -> Candidates<'a> {
        let point = point(request.space, request.seed, request.number);
        Box::new(std::iter::once(point))
    }
}

/// Quantile of dimension `dimension` of point `index`.
fn quantile(index: u32, dimension: u32, seed: u64) -> f64 {
    let scrambling = fold(seed.wrapping_add(u64::from(index / LENGTH)));
    f64::from(sobol_burley::sample(index % LENGTH, dimension, scrambling))
}

/// Point `number` of the scrambled sequence.
pub(crate) fn point(space: &EncodedSpace, seed: u64, number: u32) -> Point {
    let mut random = Stream::new(seed, number, Purpose::Point);
    space
        .dimensions
        .iter()
        .zip(0..)
        .map(|(dimension, column)| {
            dimension.at_quantile(if column < DIMENSIONS {
                quantile(number, column, seed)
            } else {
                random.uniform()
            })
        })
        .collect()
}
