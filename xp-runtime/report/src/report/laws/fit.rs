//! The laws of groups of trainings: of test log-loss and of 1 − AUC. All groups of a section are judged together: their verdicts are
//! corrected for their number, and what sizes scatter is pooled over tasks that differ in nothing else.

use std::collections::BTreeMap;

use xp_scaling::{Group, Law, LawPoint, MIN_SIZES, Missing, Study, family};

use super::missing::{NoLaw, too_few, too_few_seeds};
use crate::{
    PRIOR_NOT_BEATEN,
    report::{
        differences::{differing, question},
        losses::{LOSSES, Loss},
        run::Run,
        trained::Trained,
    },
};

/// What a loss is plotted against.
pub(crate) type Size<'a> = &'a dyn Fn(&Trained<'_>) -> Option<f64>;

/// The laws of a group by their losses, or why it has none.
pub(crate) type Found = Result<Vec<(&'static Loss, Law)>, NoLaw>;

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

/// The laws of each group, in order; `what` varies along them, in the fields `varies` of their specs.
pub(crate) fn laws(
    groups: &[&[&Trained<'_>]],
    what: &str,
    varies: &[&str],
    size: Size<'_>,
) -> Vec<Found> {
    let refused: Vec<Option<NoLaw>> = groups
        .iter()
        .map(|members| refusal(members, what, varies))
        .collect();
    // Groups with the same key differ in their task only. Those without a spec are alone.
    let mut pools: BTreeMap<(usize, String), Vec<(usize, Study)>> = BTreeMap::new();
    for (at, members) in groups.iter().enumerate() {
        if refused.get(at).is_some_and(Option::is_some) {
            continue;
        }
        let key = pool(members, varies).unwrap_or_else(|| at.to_string());
        for (at_loss, loss) in LOSSES.iter().enumerate() {
            if let Some(study) = study(members, size, loss) {
                let pool = pools.entry((at_loss, key.clone())).or_default();
                pool.push((at, study));
            }
        }
    }
    let studies: Vec<Group> = pools
        .values()
        .map(|pool| pool.iter().map(|(_, study)| study.clone()).collect())
        .collect();
    let mut found: Vec<BTreeMap<usize, Result<Law, Missing>>> =
        groups.iter().map(|_| BTreeMap::new()).collect();
    for (((loss, _), pool), laws) in pools.iter().zip(family(&studies)) {
        for ((at, _), law) in pool.iter().zip(laws) {
            if let Some(of_group) = found.get_mut(*at) {
                of_group.insert(*loss, law);
            }
        }
    }
    refused
        .into_iter()
        .zip(groups)
        .zip(found)
        .map(|((refused, members), laws)| match refused {
            Some(no_law) => Err(no_law),
            None => of_group(members, what, laws),
        })
        .collect()
}

/// The laws that a group has, or what all of them are missing.
fn of_group(
    members: &[&Trained<'_>],
    what: &str,
    laws: BTreeMap<usize, Result<Law, Missing>>,
) -> Found {
    let mut missing = None;
    let mut found = Vec::new();
    for (loss, law) in laws {
        match (LOSSES.get(loss), law) {
            (Some(loss), Ok(law)) => found.push((loss, law)),
            (_, Err(why)) => missing = Some(why),
            (None, Ok(_)) => {}
        }
    }
    match missing {
        _ if !found.is_empty() => Ok(found),
        Some(Missing::Sizes(sizes)) => Err(too_few(members, sizes, what)),
        Some(Missing::Seeds(_)) => Err(too_few_seeds(members)),
        Some(Missing::Losses) | None => {
            let reason = "a size is unknown, or a loss is absent or 0.".to_owned();
            Err(NoLaw::new("no fit", "a size or a loss is absent", reason))
        }
    }
}

/// Why no law is fitted to a group, whatever its losses.
fn refusal(members: &[&Trained<'_>], what: &str, varies: &[&str]) -> Option<NoLaw> {
    if members.len() < MIN_SIZES {
        return Some(too_few(members, members.len(), what));
    }
    if members
        .first()
        .is_some_and(|first| members.iter().any(|member| !first.pairs_with(member)))
    {
        let reason =
            "the trainings were evaluated on different test samples, so they cannot be paired.";
        return Some(NoLaw::insufficient(
            "different test samples",
            reason.to_owned(),
        ));
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
        let reason = format!(
            "no trial of the search behind {} beats the class prior.",
            beaten.join(", ")
        );
        let verdict = format!("no law over {what}");
        return Some(NoLaw::new(verdict, "the class prior is not beaten", reason));
    }
    let newest = members.iter().filter_map(|member| member.run()?.spec());
    let questions: Vec<_> = newest.map(|spec| question(spec, varies)).collect();
    let others = differing(&questions);
    if !others.is_empty() {
        let reason = format!("the experiments also differ in {}.", others.join(", "));
        let verdict = format!("no law over {what}");
        return Some(NoLaw::new(verdict, "the experiments differ", reason));
    }
    None
}

/// What the tasks of one study have in common.
fn pool(members: &[&Trained<'_>], varies: &[&str]) -> Option<String> {
    let varies: Vec<&str> = varies.iter().copied().chain(["task"]).collect();
    let spec = members.first()?.run()?.spec()?;
    serde_json::to_string(&question(spec, &varies)).ok()
}

fn study(members: &[&Trained<'_>], size: Size<'_>, loss: &Loss) -> Option<Study> {
    let points: Option<Vec<LawPoint>> = members
        .iter()
        .map(|member| {
            Some(LawPoint {
                size: size(member)?,
                seeds: (loss.seeds)(member).to_vec(),
            })
        })
        .collect();
    let first = members.first()?;
    let block = first.run()?.block_length().max(1);
    Some(Study {
        points: points?,
        blocks: first.test.labels.len() as f64 / block as f64,
    })
}
