//! More trials than points, and forced or start-up trials that leave the sampler nothing to decide.

use xp_spec::feasibility;

use crate::{
    diagnostic::Diagnostic,
    resolve::{Resolved, RunFields, infeasible_value},
    syntax::Node,
};

/// What a search of so many trials cannot do.
pub(crate) fn check(resolved: &Resolved<'_>) -> Vec<Diagnostic> {
    let Some(RunFields::Hpo(search)) = &resolved.run else {
        return Vec::new();
    };
    let (Some(strategy), Some(trials)) = (search.strategy.strategy(), search.trials) else {
        return Vec::new();
    };
    let fields = &search.fields;
    let space = search.space.as_ref().map(|(_, space)| space);
    let space = space.filter(|space| space.unknown.is_empty());
    feasibility::search(&strategy, space.map(|space| &space.searched), trials)
        .into_iter()
        .map(|fault| {
            // Where the key is left to its default, the trials are too few for it.
            let otherwise = fields
                .optional("trials")
                .map_or(fields.map().span, Node::span);
            infeasible_value(fields.optional(fault.key), otherwise, fault)
        })
        .collect()
}
