//! `cargo xp new train-of SEARCH`: the training of a search's best hyperparameters. It is the search's file with another `run`, so that
//! nothing else differs.

use std::{fs, ops::Range};

use clap::Args;
use proc_macro2::{TokenStream, TokenTree};
use xp_spec::files::EXPERIMENTS;

use super::{
    experiments::{finish, write_one},
    file::training,
};
use crate::{
    experiments::{all, unknown_name},
    failure::Failure,
    session::Session,
};

/// Writes the training of a search's best hyperparameters: the search's file with another `run`
#[derive(Args)]
pub(super) struct Options {
    /// Name of the search
    search: String,
    /// Seeds; 1,2,3 if not specified
    #[arg(long, value_delimiter = ',')]
    seeds: Option<Vec<u64>>,
    /// Show what would be written
    #[arg(long)]
    dry_run: bool,
}

impl Options {
    /// Writes the file, unless there is one.
    pub(super) fn run(&self, session: &Session) -> Result<u8, Failure> {
        let (workspace, search) = (&session.workspace, &self.search);
        let existing = all(workspace)?;
        if !existing.iter().any(|found| found.name == *search) {
            return Err(unknown_name(search, &existing));
        }
        let name = search.strip_prefix("hpo_").ok_or_else(|| {
            Failure::new(format!(
                "{search} is no search: those have names that begin with `hpo_`"
            ))
        })?;
        let shown = format!("{EXPERIMENTS}/{search}.rs");
        let file = fs::read_to_string(workspace.root().join(&shown))
            .map_err(|cause| Failure::new(format!("failed to read {shown}: {cause}")))?;
        let text = self.text(&file).ok_or_else(|| {
            Failure::new(format!(
                "{shown} has no `run: hpo {{ … }}`; `cargo xp check {search}` tells what is wrong in it"
            ))
        })?;
        let own = format!("train_{name}");
        match write_one(workspace, &own, &text, (self.dry_run, false)) {
            Ok(done) => say!("{}", done.trim_end()),
            Err(reason) => {
                complain!("{}", reason.trim_end());
                return Ok(1);
            }
        }
        finish(session, existing, &[own], self.dry_run)?;
        Ok(0)
    }

    /// The search's file with the run of a training; absent where it has none of a search.
    fn text(&self, file: &str) -> Option<String> {
        let tokens: TokenStream = file.parse().ok()?;
        let run = run_of_search(tokens)?;
        let text = format!(
            "{}{}{}",
            file.get(..run.start)?,
            training(&format!("best({})", self.search), self.seeds.as_deref()),
            file.get(run.end..)?
        );
        Some(match text.strip_prefix("//! Search of") {
            Some(rest) => format!("//! Training of{rest}"),
            // Its own words are of the search.
            None => format!(
                "//! Training of the best hyperparameters of {}.\n//!\n{text}",
                self.search
            ),
        })
    }
}

/// Where `hpo { … }` stands behind `run:`, in bytes.
fn run_of_search(tokens: TokenStream) -> Option<Range<usize>> {
    let tokens: Vec<_> = tokens.into_iter().collect();
    for four in tokens.windows(4) {
        if let [
            TokenTree::Ident(run),
            TokenTree::Punct(colon),
            TokenTree::Ident(hpo),
            TokenTree::Group(fields),
        ] = four
            && run == "run"
            && colon.as_char() == ':'
            && hpo == "hpo"
        {
            return Some(hpo.span().byte_range().start..fields.span_close().byte_range().end);
        }
    }
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Group(group) => run_of_search(group.stream()),
        _ => None,
    })
}
