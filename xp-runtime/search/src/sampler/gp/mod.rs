//! Bayesian optimisation by a Gaussian process: Matérn 5/2 with a length scale for each feature, Hamming distance for names,
//! log expected improvement, local search. It is stateless: hyperparameters are refitted for each suggestion.

mod acquisition;
mod features;
mod fit;
mod lbfgs;
mod local;
mod matrix;
mod posterior;
mod target;

use crate::{
    rng::{Purpose, Stream},
    sampler::{
        gp::{acquisition::Acquisition, features::Features, posterior::Posterior},
        interface::{Candidates, Request, Sampler},
    },
    space::encoded::Point,
};

/// Fantasies: joint posterior samples by which the results of running trials are imputed.
const FANTASIES: usize = 16;

pub(crate) struct Gp;

impl Sampler for Gp {
    fn candidates<'a>(&self, request: &Request<'a>) -> Candidates<'a> {
        Box::new(propose(request).into_iter())
    }
}

fn propose(request: &Request<'_>) -> Vec<Point> {
    let &Request {
        space,
        evaluations,
        seed,
        number,
    } = request;
    let mut random = Stream::new(seed, number, Purpose::Point);
    let features = Features::new(space);
    let targets = target::targets(&evaluations.values());
    let rows: Vec<Vec<f64>> = evaluations
        .points
        .iter()
        .map(|point| features.row(point))
        .collect();
    let kernel = fit::fit(&features, &rows, &targets);
    let running: Vec<Vec<f64>> = evaluations
        .pending
        .iter()
        .map(|point| features.row(point))
        .collect();
    let mut stream = Stream::new(seed, number, Purpose::Fantasies);
    let posterior = Posterior::new(&features, kernel, rows, targets).with_fantasies(
        running,
        FANTASIES,
        &mut stream,
    );
    let acquisition = Acquisition::new(posterior);
    local::maximise(space, &features, &acquisition, evaluations, &mut random)
}
