//! Batches that do not fill, and trainings that end before they are evaluated, in the steps that the train samples give.

use xp_spec::{bounds::whole_bounds, feasibility, minima::MIN_CLASS_SAMPLES, space::SearchSpace};

use crate::{
    diagnostic::Diagnostic,
    resolve::{Resolved, RunFields, infeasible_value},
    syntax::Node,
};

/// What the steps of any training of the run cannot do.
pub(crate) fn check(resolved: &Resolved<'_>) -> Vec<Diagnostic> {
    let Some(run) = &resolved.run else {
        return Vec::new();
    };
    let none = SearchSpace::default();
    let hyperparameters = match run {
        RunFields::Hpo(search) => search
            .space
            .as_ref()
            .map(|(map, space)| (*map, &space.searched, &space.fixed)),
        RunFields::Train(training) => training.fixed().map(|(map, fixed)| (map, &none, fixed)),
    };
    // Where there are too few samples, that is the error.
    let samples = resolved
        .subject
        .regions
        .as_ref()
        .map(|regions| regions.train.samples.len())
        .filter(|samples| *samples >= MIN_CLASS_SAMPLES);
    let (Some((map, searched, fixed)), Some(samples), Some(training)) =
        (hyperparameters, samples, &resolved.training.resolved)
    else {
        return Vec::new();
    };
    let defaults = match resolved.fields.optional("training") {
        Some(Node::Map(map)) => Some(map),
        _ => None,
    };
    let bounds = |name: &str| whole_bounds(name, searched, fixed);
    feasibility::steps(bounds, samples, training)
        .into_iter()
        .map(|fault| {
            let value = map.get(fault.key).or_else(|| defaults?.get(fault.key));
            infeasible_value(value, map.span, fault)
        })
        .collect()
}
