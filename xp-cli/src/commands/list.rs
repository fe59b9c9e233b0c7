//! `cargo xp list`: all experiments with samples and what they would cost at most, or with what their runs have left.

mod costs;
mod entry;
mod groups;
mod progress;

use clap::Args;
use serde_json::Value;
use xp_terminal::{width, wrapped};

use crate::{
    experiments::{Found, all},
    failure::Failure,
    next,
    results::Outputs,
    selection::{NO_MATCH, Selection},
    session::Session,
};

/// Shows experiments by phase, with samples, positives and cost, or with --status how far they are
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    group: Selection,
    /// Shows what runs have left: done, partial or not run, the best value, overridden runs
    #[arg(long)]
    status: bool,
    /// Also parameters and floating-point operations
    #[arg(long, conflicts_with_all = ["status", "json"])]
    verbose: bool,
    /// As a JSON list, with what the lints found
    #[arg(long)]
    json: bool,
}

impl Options {
    pub(crate) fn run(&self, session: &Session) -> Result<u8, Failure> {
        let workspace = &session.workspace;
        let everything = all(workspace)?;
        let shown: Vec<&Found> = everything
            .iter()
            .filter(|found| self.group.matches(found))
            .collect();
        let outputs = self.status.then(|| Outputs::read(workspace)).transpose()?;
        if self.json {
            let list: Vec<_> = shown
                .iter()
                .map(|one| entry::entry(one, &everything, outputs.as_ref()))
                .collect();
            say!("{:#}", Value::Array(list));
            return Ok(0);
        }
        if shown.is_empty() {
            return Err(Failure::new(NO_MATCH));
        }
        match &outputs {
            Some(outputs) => {
                progress::show(&shown, outputs, width());
                self.say_next(session, &everything, &shown, outputs);
            }
            None => {
                let devices = workspace
                    .devices()
                    .map_err(|error| Failure::new(error.to_string()))?;
                let machine = costs::Machine::here(devices);
                costs::show(&shown, &everything, (&machine, self.verbose), width());
                say!("\n{}", wrapped(&machine.assumptions(), 0, width()));
            }
        }
        for one in &shown {
            if let Err(errors) = &one.checked {
                complain!(
                    "WRONG {}: {}, see `cargo xp check {}`",
                    one.name,
                    match errors.len() {
                        1 => "1 error".to_owned(),
                        n => format!("{n} errors"),
                    },
                    one.name
                );
            }
        }
        Ok(0)
    }

    /// What has begun comes before what has not.
    fn say_next(
        &self,
        session: &Session,
        everything: &[Found],
        shown: &[&Found],
        outputs: &Outputs,
    ) {
        let open = shown.iter().filter_map(|one| {
            let results = outputs.of(one.checked.as_ref().ok()?);
            (!results.is_done()).then_some((results.ended == 0, &one.name))
        });
        let names: Vec<_> = open
            .min_by_key(|(is_new, _)| *is_new)
            .map(|(_, name)| name.as_str())
            .into_iter()
            .collect();
        next::say_run(session, everything, &names);
    }
}
