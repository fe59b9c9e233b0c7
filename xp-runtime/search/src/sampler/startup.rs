//! The first trials of a search by a model: Sobol points and the extreme shapes of the list. It uses no result.

use crate::{
    sampler::{
        interface::{Candidates, Request, Sampler},
        sobol,
    },
    space::{
        dimension::Kind,
        encoded::{EncodedSpace, Point},
        shapes::boundary_levels,
    },
};

pub(crate) struct Startup;

impl Sampler for Startup {
    fn candidates<'a>(&self, request: &Request<'a>) -> Candidates<'a> {
        let point = point(request.space, request.seed, request.number);
        Box::new(std::iter::once(point))
    }
}

/// Point `number` of the start-up: as [`sobol::point`], but every other trial takes the next boundary shape of an architecture
/// list, since an interior design never learns whether the extremes pay.
fn point(space: &EncodedSpace, seed: u64, number: u32) -> Point {
    let mut point = sobol::point(space, seed, number);
    for (dimension, coordinate) in space.dimensions.iter().zip(&mut point) {
        if let Kind::Shapes { shapes, .. } = &dimension.kind {
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
