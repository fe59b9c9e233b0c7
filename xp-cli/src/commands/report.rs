//! `cargo xp report`: builds and runs `xp-report`.

use clap::Args;

use crate::{cargo, failure::Failure, libtorch, session::Session};

/// Regenerates docs/experiment_results.md from the log
#[derive(Args)]
pub(crate) struct Options {
    /// Also docs/experiment_results.html, one page that holds its figures
    #[arg(long)]
    html: bool,
    /// Also docs/experiment_results.tex, the tables
    #[arg(long)]
    latex: bool,
    /// Also docs/tables/*.csv
    #[arg(long)]
    csv: bool,
    /// First adds the rows of all recorded runs that the log has not; a log that cannot be read is kept under another name
    #[arg(long)]
    rebuild_log: bool,
}

impl Options {
    pub(crate) fn run(&self, session: &Session) -> Result<u8, Failure> {
        libtorch::provide(&session.workspace, false)?;
        let options: Vec<String> = [
            (self.html, "--html"),
            (self.latex, "--latex"),
            (self.csv, "--csv"),
            (self.rebuild_log, "--rebuild-log"),
        ]
        .into_iter()
        .filter(|(wanted, _)| *wanted)
        .map(|(_, option)| option.to_owned())
        .collect();
        let code = cargo::built_binary(&session.workspace, "xp-report", &options)?;
        if code == 0 {
            xp_terminal::next("cargo xp list --status");
        }
        Ok(code)
    }
}
