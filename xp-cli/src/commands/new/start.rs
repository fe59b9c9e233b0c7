//! How a new search starts: its sampler and start-up trials, where they must stand in its file.

use xp_spec::{
    feasibility,
    files::config::SearchDefaults,
    sampler::Sampler,
    strategy::{Pruner, Strategy},
};

use super::request::Request;

/// Trials of a new search.
pub(super) const TRIALS: u32 = 50;

/// What the file of a search says of its start; what is absent has its default.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Start {
    pub(super) sampler: Option<Sampler>,
    pub(super) startup_trials: Option<u32>,
    /// Why something stands there that was not asked for.
    pub(super) why: Option<String>,
}

/// What was asked for, and start-up trials that fit the trials where the default does not: half of them, so that a model has points to learn
/// from and as many to decide. Of one trial a model decides nothing: it is the first point of a Sobol sequence.
pub(super) fn start(request: &Request, defaults: &SearchDefaults) -> Start {
    let trials = request.trials.unwrap_or(TRIALS);
    let asked = Start {
        sampler: request.sampler,
        startup_trials: request.startup_trials,
        why: None,
    };
    let strategy = Strategy {
        sampler: request.sampler.unwrap_or(defaults.sampler),
        startup_trials: defaults.startup_trials,
        pruner: Pruner::None,
        first: Vec::new(),
        exclude: Vec::new(),
    };
    let faults = feasibility::search(&strategy, None, trials);
    let fits = faults.iter().all(|fault| fault.key != "startup_trials");
    if fits || request.startup_trials.is_some() {
        return asked;
    }
    let default = defaults.startup_trials;
    if trials < 2 {
        return match request.sampler {
            Some(_) => asked,
            None => Start {
                sampler: Some(Sampler::Sobol),
                why: Some(format!(
                    "`sampler: sobol`: the default has {default} start-up trials, and {trials} trial leaves nothing to decide; --sampler sets another"
                )),
                ..asked
            },
        };
    }
    let half = trials / 2;
    Start {
        startup_trials: Some(half),
        why: Some(format!(
            "`startup_trials: {half}`, half of the trials: the default of {default} leaves the sampler nothing to decide; --startup-trials sets \
             another number"
        )),
        ..asked
    }
}
