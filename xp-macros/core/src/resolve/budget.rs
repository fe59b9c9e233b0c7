//! `budget: …`: one that the workspace has a model configuration of.

use xp_spec::{
    budget::{Budget, BudgetFault},
    files::Workspace,
    nearest::nearest,
};

use super::fields::{quoted, text};
use crate::{diagnostic::Diagnostic, syntax::Node};

pub(super) fn budget(
    node: &Node,
    workspace: &Workspace,
    errors: &mut Vec<Diagnostic>,
) -> Option<Budget> {
    let written = text(node, "\"2M\"", errors)?;
    let found = Budget::parse(written);
    if let Ok(budget) = found
        && workspace.root().join(budget.config_path()).is_file()
    {
        return Some(budget);
    }
    let known: Vec<_> = workspace
        .budgets()
        .iter()
        .map(ToString::to_string)
        .collect();
    let mut error = match found {
        Ok(budget) => Diagnostic::new(
            node.span(),
            format!("budget {budget} has no model configuration"),
        )
        .help(match workspace.misspelt_config(budget) {
            Some(name) => format!(
                "rename {name}: its name is in lower case, {}",
                budget.config_path()
            ),
            None => format!(
                "`cargo xp new budget {budget}` writes {}",
                budget.config_path()
            ),
        }),
        Err(fault) => {
            let error = Diagnostic::new(node.span(), format!("`{written}` is not a budget"));
            error.help(match fault {
                BudgetFault::Spelling(budget) => format!("write \"{budget}\""),
                BudgetFault::Form | BudgetFault::Bounds => fault.to_string(),
            })
        }
    };
    if !matches!(found, Err(BudgetFault::Spelling(_))) {
        error = error.help(match known.is_empty() {
            true => "configs/model has no configuration: restore it from git".to_owned(),
            false => format!("budgets of configs/model: {}", quoted(&known)),
        });
        if let Some(near) = nearest(written, known.iter().map(String::as_str)) {
            error = error.help(format!("did you mean `{near}`?"));
        }
    }
    errors.push(error);
    None
}
