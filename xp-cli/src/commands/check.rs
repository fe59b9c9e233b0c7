//! `cargo xp check`: validates experiments without rustc, libtorch or data.

use clap::Args;
use xp_spec::files::Workspace;

use super::index;
use crate::{
    experiments::{all, diagnostics, unknown_name, warnings},
    failure::Failure,
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
        check(&session.workspace, &self.names, self.deny_warnings)
    }
}

/// Validates experiments; 1 if one is wrong, or if a lint warns and warnings are denied.
pub(crate) fn check(
    workspace: &Workspace,
    names: &[String],
    deny_warnings: bool,
) -> Result<u8, Failure> {
    let mut found = all(workspace)?;
    if let Some(unknown) = names
        .iter()
        .find(|name| !found.iter().any(|found| found.name == **name))
    {
        return Err(unknown_name(unknown, &found));
    }
    found.retain(|found| names.is_empty() || names.contains(&found.name));
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
    let stale = names.is_empty() && wrong == 0 && !index::is_fresh(workspace, &found);
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
