//! The command to run next, which every command ends with.

use crate::{experiments::Found, results::Outputs, session::Session, shell};

/// Says how to run experiments: those that are not done, and the searches that they borrow from; where all are done those that borrow from
/// them, or the report.
pub(crate) fn say_run(session: &Session, found: &[Found], names: &[&str]) {
    // A log that cannot be read hides what is done, not what can be run.
    let outputs = Outputs::read(&session.workspace).ok();
    let is_done = |found: &Found| {
        let checked = found.checked.as_ref().ok();
        outputs
            .as_ref()
            .zip(checked)
            .is_some_and(|(outputs, checked)| outputs.of(checked).is_done())
    };
    let is_named = |found: &Found| names.contains(&found.name.as_str());
    let is_prerequisite = |prerequisite: &Found| {
        let mut named = found.iter().filter(|found| is_named(found));
        named.any(|found| borrows(found, prerequisite))
    };
    // One that borrows from a search that is not done would be refused.
    let is_borrower = |borrower: &Found| {
        let mut prerequisites = found.iter().filter(|found| borrows(borrower, found));
        prerequisites.clone().any(is_named) && prerequisites.all(is_done)
    };
    let undone = |chosen: &dyn Fn(&Found) -> bool| -> Vec<&str> {
        let found = found
            .iter()
            .filter(|found| chosen(found) && !is_done(found));
        found.map(|found| found.name.as_str()).collect()
    };
    let mut wanted = undone(&|found| is_named(found) || is_prerequisite(found));
    if wanted.is_empty() {
        wanted = undone(&is_borrower);
    }
    if wanted.is_empty() {
        return xp_terminal::next("cargo xp report");
    }
    let run = ["cargo", "xp", "run"].into_iter();
    xp_terminal::next(&shell::command(run.chain(wanted)));
}

/// Whether an experiment takes hyperparameters of another.
fn borrows(borrower: &Found, prerequisite: &Found) -> bool {
    let checked = borrower.checked.as_ref().ok();
    let mut borrowed = checked.into_iter().flat_map(|checked| &checked.borrowed);
    borrowed.any(|search| search.binary == prerequisite.name)
}
