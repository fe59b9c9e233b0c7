//! Names of questions: what a law is about, and what tells it from others of the same task.

use std::collections::BTreeMap;

use crate::report::{
    differences::{describe, differing, question},
    run::Run,
    trained::Trained,
};

/// Fields that every name has.
const NAMED: [&str; 6] = [
    "budget",
    "task",
    "horizon",
    "timescale",
    "features",
    "data.name",
];

/// A name for each group. Where two would have the same, the fields of their specs in which they differ are added, such as context,
/// normalisation or split.
pub(crate) fn names(groups: &[&[&Trained<'_>]]) -> Vec<String> {
    let newest: Vec<Option<&Run>> = groups
        .iter()
        .map(|members| members.first().and_then(|member| member.run()))
        .collect();
    let plain: Vec<String> = newest
        .iter()
        .map(|run| run.map_or_else(String::new, Run::question))
        .collect();
    let mut questions: BTreeMap<&str, Vec<BTreeMap<String, String>>> = BTreeMap::new();
    let asked: Vec<BTreeMap<String, String>> = newest
        .iter()
        .map(|run| run.and_then(Run::spec))
        .map(|spec| spec.map_or_else(BTreeMap::new, |spec| question(spec, &NAMED)))
        .collect();
    for (name, asked) in plain.iter().zip(&asked) {
        questions.entry(name).or_default().push(asked.clone());
    }
    plain
        .iter()
        .zip(&asked)
        .map(|(name, asked)| {
            let paths = questions
                .get(name.as_str())
                .map_or_else(Vec::new, |same| differing(same));
            match (paths.is_empty(), asked.is_empty()) {
                (true, _) => name.clone(),
                (false, true) => format!("{name}, spec not recorded"),
                (false, false) => format!("{name}, {}", describe(asked, &paths)),
            }
        })
        .collect()
}
