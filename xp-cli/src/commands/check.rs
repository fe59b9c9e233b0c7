//! `cargo xp check`: validates experiments without rustc, libtorch or data.

use clap::Args;
use xp_spec::files::Workspace;

use super::index;
use crate::{
    experiments::{all, diagnostics, unknown_name},
    failure::Failure,
    session::Session,
};

/// Validates all experiments, without rustc, libtorch or data
#[derive(Args)]
pub(crate) struct Options {
    /// Names; all if none is given
    names: Vec<String>,
}

impl Options {
    pub(crate) fn run(&self, session: &Session) -> Result<u8, Failure> {
        check(&session.workspace, &self.names)
    }
}

/// Validates experiments; 1 if one is wrong.
pub(crate) fn check(workspace: &Workspace, names: &[String]) -> Result<u8, Failure> {
    let mut found = all(workspace)?;
    if let Some(unknown) = names
        .iter()
        .find(|name| !found.iter().any(|found| found.name == **name))
    {
        return Err(unknown_name(unknown, &found));
    }
    found.retain(|found| names.is_empty() || names.contains(&found.name));
    let mut wrong = 0;
    for found in &found {
        match &found.checked {
            Ok(checked) => say!("ok    {:<36} spec {}", found.name, checked.hash),
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
    say!("{} experiments checked, {wrong} wrong", found.len());
    Ok(u8::from(wrong > 0 || stale))
}
