//! Which experiments a command is for, by what they have in common.

use clap::Args;
use xp_spec::{budget::Budget, files::Workspace, task::Task};

use crate::{
    experiments::{Found, diagnostics, unknown_name},
    failure::Failure,
    parsers,
};

/// The error for a group without an experiment.
pub(crate) const NO_MATCH: &str =
    "no experiment matches; `cargo xp list` shows phases, budgets and tasks";

/// A group of experiments.
#[derive(Args)]
pub(crate) struct Selection {
    /// All of this phase
    #[arg(long)]
    phase: Option<String>,
    /// All of this budget, such as 2M
    #[arg(long, value_parser = parsers::budget)]
    budget: Option<Budget>,
    /// All of this task, such as 1pct
    #[arg(long, value_parser = parsers::task)]
    task: Option<Task>,
    /// All searches, or all trainings
    #[arg(long, value_parser = ["hpo", "train"])]
    kind: Option<String>,
}

impl Selection {
    /// Whether nothing is asked for, so that every experiment matches.
    pub(crate) fn is_empty(&self) -> bool {
        self.phase.is_none() && self.budget.is_none() && self.task.is_none() && self.kind.is_none()
    }

    /// The experiments of these names and of the group, in the order in which they may run. None of them is wrong.
    pub(crate) fn select<'a>(
        &self,
        workspace: &Workspace,
        experiments: &'a [Found],
        names: &[String],
    ) -> Result<Vec<&'a Found>, Failure> {
        let is_grouped = !self.is_empty();
        if names.is_empty() && !is_grouped {
            return Err(Failure::new(
                "name an experiment, or a group by --phase, --budget, --task or --kind; `cargo xp list` names them",
            ));
        }
        let is_known = |name: &&String| experiments.iter().any(|found| found.name == **name);
        if let Some(unknown) = names.iter().find(|name| !is_known(name)) {
            return Err(unknown_name(unknown, experiments));
        }
        let wanted =
            |found: &&Found| names.contains(&found.name) || (is_grouped && self.matches(found));
        let selected: Vec<&Found> = experiments.iter().filter(wanted).collect();
        let wrong: String = selected
            .iter()
            .map(|found| diagnostics(workspace, found))
            .collect();
        if !wrong.is_empty() {
            return Err(Failure::new(format!(
                "an experiment is wrong; nothing was started\n{wrong}"
            )));
        }
        if selected.is_empty() {
            return Err(Failure::new(NO_MATCH));
        }
        Ok(selected)
    }

    /// Whether an experiment is in the group; a wrong file is judged by its name, which tells no phase.
    pub(crate) fn matches(&self, found: &Found) -> bool {
        let mut parts = found.name.split('_');
        let (kind, budget) = (parts.next(), parts.next());
        let is_kind = self
            .kind
            .as_deref()
            .is_none_or(|wanted| kind == Some(wanted));
        let Ok(checked) = &found.checked else {
            return is_kind
                && self
                    .budget
                    .is_none_or(|wanted| budget == Some(wanted.to_string().as_str()))
                && self
                    .task
                    .is_none_or(|wanted| found.name.contains(&format!("_{wanted}")));
        };
        let experiment = &checked.experiment;
        is_kind
            && self
                .phase
                .as_ref()
                .is_none_or(|wanted| *wanted == experiment.phase)
            && self.budget.is_none_or(|wanted| wanted == experiment.budget)
            && self.task.is_none_or(|wanted| wanted == experiment.task)
    }
}
