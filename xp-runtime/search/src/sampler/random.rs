//! Independent uniform draws. It uses no result.

use crate::{
    rng::{Purpose, Stream},
    sampler::interface::{Candidates, Request, Sampler},
};

pub(crate) struct Random;

impl Sampler for Random {
    fn candidates<'a>(&self, request: &Request<'a>) -> Candidates<'a> {
        let mut random = Stream::new(request.seed, request.number, Purpose::Point);
        Box::new(std::iter::once(request.space.uniform(&mut random)))
    }
}
