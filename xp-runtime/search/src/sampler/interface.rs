//! The interface of samplers: candidates for the next trial, from the evaluations so far. It contains no sampler.

use crate::{
    evaluations::Evaluations,
    space::encoded::{EncodedSpace, Point},
};

/// What candidates are requested for.
pub(crate) struct Request<'a> {
    pub(crate) space: &'a EncodedSpace,
    pub(crate) evaluations: &'a Evaluations<'a>,
    pub(crate) seed: u64,
    /// The trial that the candidates are for.
    pub(crate) number: u32,
}

/// Candidates, the most promising first.
pub(crate) type Candidates<'a> = Box<dyn Iterator<Item = Point> + 'a>;

/// A rule that proposes points. It must be a pure function of the request: random numbers are keyed by seed and number.
pub(crate) trait Sampler: Sync {
    /// Candidates; the first that was not tried is taken, and a random one where all were.
    fn candidates<'a>(&self, request: &Request<'a>) -> Candidates<'a>;

    /// Number of points of a sampler that proposes only the points of a finite set of its own; the search ends with them.
    fn size(&self, _space: &EncodedSpace) -> Option<u64> {
        None
    }
}
