//! `run: hpo { … }`.

use xp_spec::{duration::parse_timeout, experiment::Hpo, files::config::Defaults, vocabulary};

use super::{
    fields::{Fields, text, whole, wrong},
    model::Model,
    space::{Space, space},
    strategy::{StrategyFields, strategy},
    training::TrainingFields,
};
use crate::{
    diagnostic::Diagnostic,
    syntax::{Map, Node},
};

/// A search, as far as it is right.
pub(crate) struct Search<'a> {
    pub(crate) fields: Fields<'a>,
    pub(crate) trials: Option<u32>,
    timeout_seconds: Option<u64>,
    seed: u64,
    /// With the map that it is written in.
    pub(crate) space: Option<(&'a Map, Space)>,
    pub(crate) strategy: StrategyFields,
}

impl Search<'_> {
    /// The search, where nothing of it is unknown.
    pub(crate) fn resolved(&self) -> Option<Hpo> {
        let (_, space) = self.space.as_ref()?;
        if !space.unknown.is_empty() {
            return None;
        }
        Some(Hpo {
            trials: self.trials?,
            timeout_seconds: self.timeout_seconds?,
            seed: self.seed,
            strategy: self.strategy.strategy()?,
            space: space.searched.clone(),
            fixed: space.fixed.clone(),
        })
    }
}

pub(crate) fn hpo<'a>(
    map: &'a Map,
    training: &TrainingFields,
    defaults: &Defaults,
    model: &Model,
    errors: &mut Vec<Diagnostic>,
) -> Search<'a> {
    let fields = Fields::new(map, "`hpo`", vocabulary::hpo::ALL, errors);
    let trials = fields
        .required("trials", "50", errors)
        .and_then(|node| whole(node, 1..=100_000, errors))
        .and_then(|trials| u32::try_from(trials).ok());
    let timeout_seconds = fields
        .required("timeout", "\"4h\"", errors)
        .and_then(|node| timeout(node, errors));
    let space = match fields.required("search", "{ architecture: grid, … }", errors) {
        Some(Node::Map(map)) => Some((map, space(map, training, model, errors))),
        Some(other) => {
            wrong(other, "a map such as `{ architecture: grid, … }`", errors);
            None
        }
        None => None,
    };
    let strategy = strategy(
        &fields,
        defaults,
        trials,
        (space.as_ref().map(|(_, space)| space), training),
        model,
        errors,
    );
    Search {
        fields,
        trials,
        timeout_seconds,
        seed: training.seed,
        space,
        strategy,
    }
}

fn timeout(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<u64> {
    let written = text(node, "\"4h\"", errors)?;
    parse_timeout(written)
        .map_err(|(what, how)| errors.push(Diagnostic::new(node.span(), what).help(how)))
        .ok()
}
