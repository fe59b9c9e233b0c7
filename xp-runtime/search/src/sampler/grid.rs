//! Every combination of a grid, in an order that depends on the seed. It uses no result.

use crate::{
    sampler::interface::{Candidates, Request, Sampler},
    space::encoded::{EncodedSpace, Point},
};

/// Values taken of a real dimension, and of a integer dimension with more levels, both ends included.
const RESOLUTION: u64 = 5;

pub(crate) struct Grid;

impl Sampler for Grid {
    fn candidates<'a>(&self, request: &Request<'a>) -> Candidates<'a> {
        Box::new(points(request.space, request.seed, request.number))
    }

    fn size(&self, space: &EncodedSpace) -> Option<u64> {
        Some(size(&levels(space)))
    }
}

fn levels(space: &EncodedSpace) -> Vec<Vec<f64>> {
    space
        .dimensions
        .iter()
        .map(|dimension| match dimension.levels() {
            None => spread(1.0).collect(),
            Some(count) if dimension.is_integer() && count > RESOLUTION => {
                spread((count - 1) as f64).map(f64::round).collect()
            }
            Some(count) => (0..count).map(|level| level as f64).collect(),
        })
        .collect()
}

fn spread(end: f64) -> impl Iterator<Item = f64> {
    (0..RESOLUTION).map(move |step| end * step as f64 / (RESOLUTION - 1) as f64)
}

/// Number of combinations.
fn size(levels: &[Vec<f64>]) -> u64 {
    levels.iter().fold(1_u64, |size, dimension| {
        size.saturating_mul(dimension.len() as u64)
    })
}

/// The points of the grid from position `number` of its shuffled order on, wrapping once. A whole-number walk with a stride
/// that shares no factor with the size visits every point once.
fn points(space: &EncodedSpace, seed: u64, number: u32) -> impl Iterator<Item = Point> + use<> {
    let levels = levels(space);
    let size = size(&levels);
    let stride = stride(size, seed);
    (0..size).map(move |step| {
        let position =
            u128::from(seed) + u128::from(stride) * (u128::from(number) + u128::from(step));
        let mut cell = (position % u128::from(size)) as u64;
        levels
            .iter()
            .map(|dimension| {
                let count = dimension.len().max(1) as u64;
                let level = (cell % count) as usize;
                cell /= count;
                dimension.get(level).copied().unwrap_or(0.0)
            })
            .collect()
    })
}

/// Near the golden section of the size, moved by the seed, and coprime to it.
fn stride(size: u64, seed: u64) -> u64 {
    let start = (size as f64 * 0.618) as u64 + seed % 7;
    (start.max(1)..)
        .find(|stride| greatest_common_divisor(*stride, size) == 1)
        .unwrap_or(1)
}

fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 {
        a
    } else {
        greatest_common_divisor(b, a % b)
    }
}
