//! The Gaussian process while it is affordable, then TPE. It models nothing itself.

use crate::sampler::{
    gp::Gp,
    interface::{Candidates, Request, Sampler},
    tpe::Tpe,
};

/// Trials, running ones included, beyond which TPE replaces the Gaussian process: its cost grows with their cube.
const GP_LIMIT: usize = 200;

pub(crate) struct Auto;

impl Sampler for Auto {
    fn candidates<'a>(&self, request: &Request<'a>) -> Candidates<'a> {
        let evaluations = request.evaluations;
        if evaluations.points.len() + evaluations.pending.len() <= GP_LIMIT {
            Gp.candidates(request)
        } else {
            Tpe.candidates(request)
        }
    }
}
