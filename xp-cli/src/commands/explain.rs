//! `cargo xp explain NAME`: the resolved experiment, each value with its source.

use clap::Args;
use xp_macros_core::{Source, explain};

use crate::{
    experiments::{all, diagnostics, unknown_name},
    failure::Failure,
    session::Session,
};

/// Shows the resolved experiment, each value with its source
#[derive(Args)]
pub(crate) struct Options {
    /// Name of the binary
    name: String,
}

impl Options {
    pub(crate) fn run(&self, session: &Session) -> Result<u8, Failure> {
        let (workspace, name) = (&session.workspace, &self.name);
        let experiments = all(workspace)?;
        let found = experiments
            .iter()
            .find(|found| found.name == *name)
            .ok_or_else(|| unknown_name(name, &experiments))?;
        let text = std::fs::read_to_string(&found.path).map_err(|cause| {
            Failure::new(format!("failed to read {}: {cause}", found.path.display()))
        })?;
        let source = Source::within(&found.path, workspace.clone())
            .ok_or_else(|| Failure::new(format!("{} has no name", found.path.display())))?;
        let Ok((checked, rows)) = explain(&text, &source) else {
            complain!("{}", diagnostics(workspace, found).trim_end());
            return Ok(1);
        };
        say!("{}: {}\n", checked.experiment.name(), found.about);
        let widest = |width: fn(&xp_macros_core::Row) -> usize| rows.iter().map(width).max();
        let names = widest(|row| row.name.chars().count()).unwrap_or(0);
        let values = widest(|row| row.value.chars().count()).unwrap_or(0).min(60);
        for row in &rows {
            say!(
                "{:<names$}  {:<values$}  {}",
                row.name,
                row.value,
                row.source
            );
        }
        say!("\ndepends on: {}", checked.files.join(", "));
        for search in &checked.borrowed {
            say!("borrows from: {} (spec {})", search.file, search.hash);
        }
        Ok(0)
    }
}
