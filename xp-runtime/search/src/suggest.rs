//! The next point of a search, as a pure function of space, seed, trial number and the trials so far. It holds no state, so a
//! resumed search needs the study and the seed only.

use xp_spec::{
    space::{Assignment, SearchSpace},
    strategy::Strategy,
};

use crate::{
    error::SuggestError,
    evaluations::{Ended, Evaluations},
    rng::{Purpose, Stream},
    sampler,
    sampler::interface::Request,
    space::encoded::{EncodedSpace, Point},
    trial::Trial,
};

/// Measured values that a model needs; with fewer, start-up continues.
const MIN_MEASURED: usize = 4;
/// Points of a finite space that are enumerated in search of an unseen one.
const ENUMERABLE: u64 = 1 << 20;
/// Random draws in search of an unseen point of a larger space.
const DRAWS: usize = 1000;

/// The point that trial `number` should try.
///
/// `history` are the trials so far in any order; trials of state `Running` among them count as running. `running` are points
/// that are being tried now. The same arguments give the same point. No point of `history` or `running` is suggested again,
/// except those of interrupted and thermal trials, which measured nothing; nor is an excluded one. The
/// strategy's `first` points come first, in their order, wherever they have not been tried.
///
/// # Errors
/// No point is left, a domain holds no value, or a trial was made in another space.
pub fn suggest(
    space: &SearchSpace,
    strategy: &Strategy,
    seed: u64,
    number: u32,
    history: &[Trial],
    running: &[Assignment],
) -> Result<Assignment, SuggestError> {
    let mut ended = Ended::default();
    suggest_with(&mut ended, space, strategy, seed, number, history, running)
}

/// As [`suggest`], with what is known of trials that had ended before.
pub(crate) fn suggest_with(
    ended: &mut Ended,
    space: &SearchSpace,
    strategy: &Strategy,
    seed: u64,
    number: u32,
    history: &[Trial],
    running: &[Assignment],
) -> Result<Assignment, SuggestError> {
    let space = EncodedSpace::new(space)?;
    let evaluations = Evaluations::collect(&space, ended, history, running)?;
    if let Some(points) = space.size()
        && evaluations.seen() >= points
    {
        return Err(SuggestError::SpaceExhausted { points });
    }
    for forced in &strategy.first {
        if !evaluations.contains(&space, forced)? {
            return Ok(forced.clone());
        }
    }
    let unseen = |point: &Point| {
        !evaluations.has_seen(&space.key(point))
            && (strategy.exclude.is_empty() || !strategy.excludes(&space.assignment(point)))
    };
    let startup = number < strategy.startup_trials || evaluations.measured_count() < MIN_MEASURED;
    let sampler = if startup && strategy.sampler.starts_up() {
        sampler::startup()
    } else {
        sampler::by_name(strategy.sampler)
    };
    let request = Request {
        space: &space,
        evaluations: &evaluations,
        seed,
        number,
    };
    let point = match sampler.candidates(&request).find(unseen) {
        Some(point) => point,
        None => match sampler.size(&space) {
            Some(points) => return Err(SuggestError::SpaceExhausted { points }),
            None => unseen_point(&space, &unseen, seed, number)?,
        },
    };
    Ok(space.assignment(&point))
}

/// A random unseen point; a finite space is enumerated where drawing does not find one.
fn unseen_point(
    space: &EncodedSpace,
    unseen: &impl Fn(&Point) -> bool,
    seed: u64,
    number: u32,
) -> Result<Point, SuggestError> {
    let mut random = Stream::new(seed, number, Purpose::Unseen);
    if let Some(point) = (0..DRAWS)
        .map(|_| space.uniform(&mut random))
        .find(|point| unseen(point))
    {
        return Ok(point);
    }
    let points = space.size().unwrap_or(u64::MAX);
    (0..points.min(ENUMERABLE))
        .map(|cell| space.nth(cell))
        .find(|point| unseen(point))
        .ok_or(SuggestError::SpaceExhausted { points })
}
