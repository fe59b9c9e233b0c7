//! The questions of a phase: what is asked of all budgets, the trainings that answer it, and the laws over them.

use std::collections::BTreeMap;

use super::{
    differences::OVER_BUDGETS,
    laws::{Found, NoLaw, laws, names},
    run::Run,
    trained::Trained,
};

/// Experiments that differ in nothing but their budget.
pub(super) struct Question {
    /// The experiment without its budget: the name of its figures.
    pub(super) key: String,
    pub(super) name: String,
    /// Places of its trainings among those of the phase.
    pub(super) members: Vec<usize>,
    pub(super) laws: Found,
    /// Finished seeds that are in no law.
    pub(super) lost: usize,
}

/// What is known of a question before its laws.
#[derive(Default)]
struct Asked<'a> {
    members: Vec<usize>,
    lost: usize,
    /// One of its runs.
    run: Option<&'a Run>,
}

/// The questions that these runs ask, those whose trainings have not finished too.
pub(super) fn questions(
    asking: &[&Run],
    trained: &[Trained<'_>],
    left_out: &[&Run],
) -> Vec<Question> {
    let mut asked: BTreeMap<String, Asked<'_>> = BTreeMap::new();
    for run in asking {
        asked.entry(key(run)).or_default().run = Some(run);
    }
    for run in left_out {
        asked.entry(key(run)).or_default().lost += 1;
    }
    for (at, member) in trained.iter().enumerate() {
        if let Some(run) = member.run() {
            asked.entry(key(run)).or_default().members.push(at);
        }
    }
    let sets: Vec<Vec<&Trained<'_>>> = asked
        .values()
        .filter(|asked| !asked.members.is_empty())
        .map(|asked| members(trained, &asked.members))
        .collect();
    let sets: Vec<&[&Trained<'_>]> = sets.iter().map(Vec::as_slice).collect();
    let size = |trained: &Trained<'_>| trained.run()?.row.param_count.map(|n| n as f64);
    let found = laws(&sets, "budgets", &OVER_BUDGETS, &size);
    let mut answers = names(&sets).into_iter().zip(found);
    asked
        .into_iter()
        .map(|(key, asked)| {
            let answer = match asked.members.as_slice() {
                [] => None,
                _ => answers.next(),
            };
            let (name, laws) = answer.unwrap_or_else(|| {
                let name = asked.run.map_or_else(|| key.clone(), Run::question);
                (name, Err(unanswered(asked.lost)))
            });
            Question {
                key,
                name,
                members: asked.members,
                laws,
                lost: asked.lost,
            }
        })
        .collect()
}

/// The trainings at these places.
pub(super) fn members<'a, 'b>(
    trained: &'b [Trained<'a>],
    places: &[usize],
) -> Vec<&'b Trained<'a>> {
    places.iter().filter_map(|at| trained.get(*at)).collect()
}

/// A search asks what the trainings ask that borrow from it.
fn key(run: &Run) -> String {
    run.across_budgets().replacen("_hpo_", "_train_", 1)
}

fn unanswered(lost: usize) -> NoLaw {
    if lost > 0 {
        let reason = "no finished training has a record with its predictions.";
        return NoLaw::insufficient("no predictions", reason.to_owned());
    }
    let reason = "no training has finished, and only trainings are evaluated on test data.";
    NoLaw::insufficient("no training has finished", reason.to_owned())
}
