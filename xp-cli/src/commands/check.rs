//! `cargo xp check`: validates experiments without rustc, libtorch or data.

use clap::Args;
use xp_spec::files::Workspace;

use super::index;
use crate::{
    experiments::{Found, all, diagnostics, unknown_name, warnings},
    failure::Failure,
    next,
    session::Session,
};

/// Validates all experiments, without rustc, libtorch or data
#[derive(Args)]
pub(crate) struct Options {
    /// Names; all if none is given
    names: Vec<String>,
    /// Exit code 1 where a lint warns, too
    #[arg(long)]
    deny_warnings: bool,
}

impl Options {
    pub(crate) fn run(&self, session: &Session) -> Result<u8, Failure> {
        let found = all(&session.workspace)?;
        let code = check(&session.workspace, &found, &self.names, self.deny_warnings)?;
        if code == 0 {
            self.say_next(session, &found);
        }
        Ok(code)
    }

    /// Of named experiments how to run them; of all, which are not done.
    fn say_next(&self, session: &Session, found: &[Found]) {
        if self.names.is_empty() {
            return xp_terminal::next("cargo xp list --status");
        }
        let names: Vec<_> = self.names.iter().map(String::as_str).collect();
        next::say_run(session, found, &names);
    }
}

/// Validates experiments; 1 if one is wrong, or if a lint warns and warnings are denied.
pub(crate) fn check(
    workspace: &Workspace,
    experiments: &[Found],
    names: &[String],
    deny_warnings: bool,
) -> Result<u8, Failure> {
    if let Some(unknown) = names
        .iter()
        .find(|name| !experiments.iter().any(|found| found.name == **name))
    {
        return Err(unknown_name(unknown, experiments));
    }
    let found: Vec<&Found> = experiments
        .iter()
        .filter(|found| names.is_empty() || names.contains(&found.name))
        .collect();
    let (mut wrong, mut warned, mut allowed) = (0, 0, 0);
    for found in &found {
        match &found.checked {
            Ok(checked) => {
                say!("ok    {:<36} spec {}", found.name, checked.hash);
                let (count, text) = warnings(workspace, found);
                warned += count;
                allowed += checked.findings.len() - count;
                if count > 0 {
                    complain!("{}", text.trim_end());
                }
            }
            Err(_) => {
                wrong += 1;
                say!("WRONG {}", found.name);
                complain!("{}", diagnostics(workspace, found).trim_end());
            }
        }
    }
    let stale = names.is_empty() && wrong == 0 && !index::is_fresh(workspace, experiments);
    if stale {
        complain!("error: {} is stale; run `cargo xp index`", index::PATH);
    }
    say!(
        "{}, {wrong} wrong, {} of lints, {allowed} allowed",
        counted(found.len(), "experiment checked", "experiments checked"),
        counted(warned, "warning", "warnings")
    );
    let denied = deny_warnings && warned > 0;
    Ok(u8::from(wrong > 0 || stale || denied))
}

fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
