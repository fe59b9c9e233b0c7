//! A training's own settings against the steps and batches that it borrows: an evaluation that never comes, parts that do not fill.

use xp_spec::{bounds::whole_bounds, experiment::Run, feasibility, infeasible::Infeasible};

use super::candidate::Candidate;
use crate::{diagnostic::Diagnostic, resolve::infeasible_value, syntax::Node};

/// Settings of `training` that are the training's own: the others are the search's, and judged there.
const OWN: [&str; 2] = ["accumulation", "evaluate"];

/// What no training with hyperparameters of the borrowed searches can do.
pub(crate) fn check(candidate: &Candidate<'_>) -> Vec<Diagnostic> {
    let (resolved, training) = (candidate.resolved, &candidate.checked.experiment.training);
    let Some(regions) = &resolved.subject.regions else {
        return Vec::new();
    };
    let samples = regions.train.samples.len();
    let mut faults: Vec<Infeasible> = Vec::new();
    for (_, source) in &candidate.sources {
        let Some(Run::Hpo(hpo)) = source.as_ref().map(|source| &source.experiment.run) else {
            continue;
        };
        let bounds = |name: &str| whole_bounds(name, &hpo.space, &hpo.fixed);
        for fault in feasibility::steps(bounds, samples, training) {
            if OWN.contains(&fault.key) && !faults.contains(&fault) {
                faults.push(fault);
            }
        }
    }
    let set = match resolved.fields.optional("training") {
        Some(Node::Map(map)) => Some(map),
        _ => None,
    };
    faults
        .into_iter()
        .map(|fault| {
            let value = set.and_then(|map| map.get(fault.key));
            infeasible_value(value, resolved.fields.key_span("run"), fault)
        })
        .collect()
}
