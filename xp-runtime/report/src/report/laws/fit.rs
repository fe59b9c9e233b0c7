//! The laws of a group of trainings: of test log-loss and of 1 − AUC.

use std::collections::BTreeMap;

use crate::{
    PRIOR_NOT_BEATEN,
    report::{
        differences::{differing, question},
        run::Run,
        trained::Trained,
    },
    scaling::{Law, LawPoint, MIN_SIZES, Series, study},
};

/// The two losses, with their names.
type Loss = (&'static str, fn(&Trained<'_>) -> Vec<Series>);

/// What a loss is plotted against.
pub(crate) type Size<'a> = &'a dyn Fn(&Trained<'_>) -> Option<f64>;

const LOSSES: [Loss; 2] = [
    ("test log-loss", |trained| trained.losses.clone()),
    ("1 − AUC", |trained| trained.errors.clone()),
];

pub(crate) fn grouped<'a, 'b>(
    trained: &'b [Trained<'a>],
    key: impl Fn(&Run) -> String,
) -> BTreeMap<String, Vec<&'b Trained<'a>>> {
    let mut groups: BTreeMap<String, Vec<&Trained<'a>>> = BTreeMap::new();
    for member in trained {
        if let Some(run) = member.run() {
            groups.entry(key(run)).or_default().push(member);
        }
    }
    groups
}

/// Both laws of a group, or why there are none.
pub(crate) fn laws(
    members: &[&Trained<'_>],
    what: &str,
    varies: &[&str],
    size: Size<'_>,
) -> Result<Vec<(&'static str, Law)>, String> {
    if members.len() < MIN_SIZES {
        return Err(format!(
            "insufficient data: {} of at least {MIN_SIZES} {what} have finished trainings with predictions.",
            members.len()
        ));
    }
    if members
        .first()
        .is_some_and(|first| members.iter().any(|member| !first.pairs_with(member)))
    {
        return Err("insufficient data: the trainings were evaluated on different test samples, so they cannot be paired.".to_owned());
    }
    let beaten: Vec<&str> = members
        .iter()
        .filter(|member| {
            member
                .seeds
                .iter()
                .any(|run| run.has_flag(PRIOR_NOT_BEATEN))
        })
        .filter_map(|member| Some(member.run()?.row.experiment.as_str()))
        .collect();
    if !beaten.is_empty() {
        return Err(format!(
            "no law over {what}: no trial of the search behind {} beats the class prior.",
            beaten.join(", ")
        ));
    }
    let newest = members.iter().filter_map(|member| member.run()?.spec());
    let questions: Vec<_> = newest.map(|spec| question(spec, varies)).collect();
    let others = differing(&questions);
    if !others.is_empty() {
        return Err(format!(
            "no law over {what}: the experiments also differ in {}.",
            others.join(", ")
        ));
    }
    let found: Vec<(&str, Law)> = LOSSES
        .iter()
        .filter_map(|(name, of)| {
            let points: Option<Vec<LawPoint>> = members
                .iter()
                .map(|member| {
                    Some(LawPoint {
                        size: size(member)?,
                        seeds: of(member),
                    })
                })
                .collect();
            Some((*name, study(&points?)?))
        })
        .collect();
    if found.is_empty() {
        return Err("no fit: a size is unknown, or a loss is absent or 0.".to_owned());
    }
    Ok(found)
}

pub(crate) fn short(loss: &str) -> &'static str {
    if loss.contains("AUC") { "auc" } else { "loss" }
}
