//! The command to run next, which every command ends with.

use crate::{experiments::Found, results::Outputs, session::Session, shell};

/// Says how to run experiments: those that are not done, and the searches that they borrow from; the report where all are done.
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
    let is_wanted = |one: &&Found| {
        let lends = |found: &Found| {
            let checked = found.checked.as_ref().ok();
            let mut borrowed = checked.into_iter().flat_map(|checked| &checked.borrowed);
            borrowed.any(|search| search.binary == one.name)
        };
        let named = |found: &&Found| names.contains(&found.name.as_str());
        (named(one) || found.iter().filter(named).any(lends)) && !is_done(one)
    };
    let wanted: Vec<_> = found.iter().filter(is_wanted).collect();
    if wanted.is_empty() {
        return xp_terminal::next("cargo xp report");
    }
    let run = ["cargo", "xp", "run"].into_iter();
    xp_terminal::next(&shell::command(
        run.chain(wanted.iter().map(|found| found.name.as_str())),
    ));
}
