//! `sampler`, `startup_trials`, `pruner`, `first` and `exclude` of a search.

use xp_spec::{
    extent::Extent,
    files::config::Defaults,
    space::Assignment,
    strategy::{Pruner, Sampler, Strategy},
};

use super::{
    fields::{Fields, one_of, whole},
    model::Model,
    points::{excluded_points, first_points},
    pruner::pruner,
    space::Space,
    training::TrainingFields,
};
use crate::diagnostic::Diagnostic;

/// How the trials of a search are chosen and ended early, as far as it is right.
pub(crate) struct StrategyFields {
    sampler: Option<Sampler>,
    startup_trials: Option<u32>,
    pruner: Option<Pruner>,
    first: Vec<Assignment>,
    /// In the order of the text.
    pub(crate) exclude: Vec<Assignment>,
}

impl StrategyFields {
    /// The strategy, where nothing of it is unknown.
    pub(crate) fn strategy(&self) -> Option<Strategy> {
        let mut exclude = self.exclude.clone();
        // Their order changes no result.
        exclude.sort_by_cached_key(|point| serde_json::to_string(point).unwrap_or_default());
        Some(Strategy {
            sampler: self.sampler?,
            startup_trials: self.startup_trials?,
            pruner: self.pruner?,
            first: self.first.clone(),
            exclude,
        })
    }
}

pub(crate) fn strategy(
    fields: &Fields<'_>,
    defaults: &Defaults,
    trials: Option<u32>,
    (space, training): (Option<&Space>, &TrainingFields),
    model: &Model,
    errors: &mut Vec<Diagnostic>,
) -> StrategyFields {
    let base = &defaults.search;
    let sampler = match fields.optional("sampler") {
        Some(node) => one_of(node, "sampler", &Sampler::ALL, errors),
        None => Some(base.sampler),
    };
    let startup_trials = match fields.optional("startup_trials") {
        Some(node) => {
            if sampler.is_some_and(|sampler| !sampler.starts_up()) {
                errors.push(
                    Diagnostic::new(
                        fields.key_span("startup_trials"),
                        "this sampler has no start-up trials: nothing would consume the number",
                    )
                    .help("drop `startup_trials`, or use `sampler: gp`, `tpe` or `auto`"),
                );
            }
            whole(node, 1..=10_000, errors).and_then(|startup| u32::try_from(startup).ok())
        }
        None => Some(base.startup_trials),
    };
    let extent = (|| {
        let (space, resolved) = (space?, training.resolved.as_ref()?);
        Extent::of(&space.searched, &space.fixed, resolved, training.samples?)
    })();
    let pruner = match fields.optional("pruner") {
        Some(node) => pruner(node, trials, extent.as_ref(), errors),
        None => extent.map(|extent| Pruner::of(base.pruner, &extent)),
    };
    let passes = training.passes();
    let (first, exclude) = match space {
        Some(space) => (
            first_points(fields, (model, passes), space, errors),
            excluded_points(fields, (model, passes), space, errors),
        ),
        None => (Vec::new(), Vec::new()),
    };
    StrategyFields {
        sampler,
        startup_trials,
        pruner,
        first,
        exclude,
    }
}
