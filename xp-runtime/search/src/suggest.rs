//! The next point of a search, as a pure function of space, seed, trial number and what is known. It holds no state, so a
//! resumed search needs the study and the seed only.

use xp_spec::{
    space::{Assignment, SearchSpace},
    strategy::{Sampler, Strategy},
};

use crate::{
    compiled::{Compiled, Evidence, Point},
    gp, grid,
    random::{Purpose, Stream},
    sobol, tpe,
    trial::Trial,
};

/// Fewest measured values that a model needs; with fewer, start-up goes on.
pub const FEWEST_MEASURED: usize = 4;
/// Trials, running ones included, beyond which the Gaussian process hands over to TPE: its cost grows with their cube.
pub const GP_LIMIT: usize = 200;
/// Points of a finite space that are enumerated in search of an unseen one.
const ENUMERABLE: u64 = 1 << 20;
/// Random draws in search of an unseen point of a larger space.
const DRAWS: usize = 1000;

/// No point can be suggested.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SuggestError {
    /// Every point was evaluated or is running.
    #[error(
        "the search space is exhausted: all of its {points} points were tried; widen the space or end the search here"
    )]
    SpaceExhausted {
        /// Number of points of the space, or of the grid.
        points: u64,
    },
    /// A domain that holds no value.
    #[error("the domain of `{parameter}` cannot be sampled: {reason}")]
    InvalidDomain {
        /// Its name.
        parameter: String,
        /// What is wrong.
        reason: String,
    },
    /// A trial that was made in another space.
    #[error(
        "{trial} does not belong to this search space: {reason}; leave such trials out or start a new study"
    )]
    ForeignTrial {
        /// Which trial.
        trial: String,
        /// Where it differs.
        reason: String,
    },
}

/// The point that trial `number` should try.
///
/// `history` are the trials so far in any order; trials of state `Running` among them count as running. `running` are points
/// that are being tried now. The same arguments give the same point. No point of `history` or `running` is suggested again,
/// except those of interrupted and thermal trials, which taught nothing; nor is an excluded one. The
/// strategy's `first` points come first, in their order, wherever they have not been tried.
pub fn suggest(
    space: &SearchSpace,
    strategy: &Strategy,
    seed: u64,
    number: u32,
    history: &[Trial],
    running: &[Assignment],
) -> Result<Assignment, SuggestError> {
    let space = Compiled::new(space)?;
    let evidence = Evidence::gather(&space, history, running)?;
    let seen = &evidence.seen;
    if let Some(points) = space.size()
        && seen.len() as u64 >= points
    {
        return Err(SuggestError::SpaceExhausted { points });
    }
    for forced in &strategy.first {
        if !evidence.holds(&space, forced)? {
            return Ok(forced.clone());
        }
    }
    let unseen = |point: &Point| {
        !seen.contains(&space.key(point))
            && (strategy.exclude.is_empty() || !strategy.excludes(&space.assignment(point)))
    };
    let startup = number < strategy.startup_trials || evidence.measured() < FEWEST_MEASURED;
    let trials = evidence.points.len() + evidence.running.len();
    let proposals: Vec<Point> = match strategy.sampler {
        Sampler::Grid => {
            let mut points = grid::points(&space, seed, number);
            let Some(point) = points.find(unseen) else {
                return Err(SuggestError::SpaceExhausted {
                    points: grid::points(&space, seed, number).count() as u64,
                });
            };
            vec![point]
        }
        Sampler::Random => vec![uniform(
            &space,
            &mut Stream::new(seed, number, Purpose::Point),
        )],
        Sampler::Sobol => vec![sobol::point(&space, seed, number)],
        _ if startup => vec![sobol::startup_point(&space, seed, number)],
        Sampler::Gp | Sampler::Auto if trials <= GP_LIMIT => {
            gp::propose(&space, &evidence, seed, number)
        }
        Sampler::Gp | Sampler::Tpe | Sampler::Auto => tpe::propose(&space, &evidence, seed, number),
    };
    let point = match proposals.into_iter().find(unseen) {
        Some(point) => point,
        None => unseen_point(&space, &unseen, seed, number)?,
    };
    Ok(space.assignment(&point))
}

fn uniform(space: &Compiled, random: &mut Stream) -> Point {
    let mut draw = |axis: &crate::axis::Axis| axis.at_quantile(random.uniform());
    space.axes.iter().map(&mut draw).collect()
}

/// A random unseen point; in a finite space all points are gone through when drawing does not find one.
fn unseen_point(
    space: &Compiled,
    unseen: &impl Fn(&Point) -> bool,
    seed: u64,
    number: u32,
) -> Result<Point, SuggestError> {
    let mut random = Stream::new(seed, number, Purpose::Unseen);
    if let Some(point) = (0..DRAWS)
        .map(|_| uniform(space, &mut random))
        .find(|point| unseen(point))
    {
        return Ok(point);
    }
    let points = space.size().unwrap_or(u64::MAX);
    (0..points.min(ENUMERABLE))
        .map(|cell| nth(space, cell))
        .find(|point| unseen(point))
        .ok_or(SuggestError::SpaceExhausted { points })
}

/// Point `cell` of a finite space in mixed radix.
fn nth(space: &Compiled, mut cell: u64) -> Point {
    space
        .axes
        .iter()
        .map(|axis| {
            let levels = axis.levels().unwrap_or(1);
            let level = cell % levels;
            cell /= levels;
            level as f64
        })
        .collect()
}
