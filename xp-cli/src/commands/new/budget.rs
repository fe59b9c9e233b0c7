//! `cargo xp new budget 600K`: writes the model configuration of a new budget, with the proportions of the nearest one.

use std::{fs::OpenOptions, io::Write as _};

use clap::Args;
use xp_spec::{
    budget::Budget,
    count::group,
    files::{Workspace, model_config::ModelConfig},
    grid::no_shape,
};

use crate::{failure::Failure, parsers, session::Session};

/// Writes configs/model/patchtst_{budget}.yaml: the nearest budget's shape, scaled to this one
#[derive(Args)]
pub(super) struct Options {
    /// Nominal number of parameters, such as 600K
    #[arg(value_parser = parsers::budget)]
    budget: Budget,
    /// Show what would be written
    #[arg(long)]
    dry_run: bool,
}

impl Options {
    /// Writes the configuration, unless there is one.
    pub(super) fn run(&self, session: &Session) -> Result<u8, Failure> {
        let workspace = &session.workspace;
        let path = self.budget.config_path();
        let full = workspace.root().join(&path);
        if full.exists() {
            return Err(Failure::new(format!("{path} exists and is left as it is")));
        }
        let base = nearest(workspace, self.budget)?;
        let config = base.scaled(self.budget).ok_or_else(|| {
            let (lacks, remedy) = no_shape(self.budget, Budget::TOLERANCE, &base.input());
            Failure::new(format!("{lacks}; {remedy}"))
        })?;
        let text = config.yaml(&format!("the shape of {}, scaled", base.budget));
        if self.dry_run {
            say!("{path} would be\n\n{}", text.trim_end());
            return Ok(0);
        }
        // Creates it or fails: another process may have been faster.
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&full)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(|cause| Failure::new(format!("failed to write {path}: {cause}")))?;
        // As every build reads it.
        let read = workspace
            .model_config(self.budget)
            .map_err(|error| Failure::new(error.to_string()))?;
        say!(
            "{path} written: {} with {} parameters",
            read.architecture,
            group(read.reference.parameters)
        );
        xp_terminal::next(&format!(
            "cargo xp new hpo --budget {} --task 1pct",
            self.budget
        ));
        Ok(0)
    }
}

/// The configuration of the budget nearest in the logarithm.
fn nearest(workspace: &Workspace, budget: Budget) -> Result<ModelConfig, Failure> {
    let distance = |other: &Budget| {
        let ratio = other.nominal() as f64 / budget.nominal() as f64;
        ratio.ln().abs()
    };
    let nearest = workspace
        .budgets()
        .into_iter()
        .min_by(|a, b| distance(a).total_cmp(&distance(b)))
        .ok_or_else(|| {
            Failure::new(
                "configs/model has no configuration whose proportions a new one could have; restore it from git",
            )
        })?;
    workspace
        .model_config(nearest)
        .map_err(|error| Failure::new(error.to_string()))
}
