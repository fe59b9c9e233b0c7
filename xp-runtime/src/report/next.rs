//! What a user would run next, with the very command.

use std::path::Path;

use xp_spec::{experiment::Run, files::EXPERIMENTS};

use crate::context::Context;

/// The line after a run whose results are complete, or that has fewer trials than its file declares.
pub(super) fn next(context: &Context, is_partial: bool) -> String {
    let name = &context.experiment.binary;
    if context.overridden {
        return format!(
            "Next: `cargo xp run {name}` without options that change results; what they changed is in no table, and no training borrows from it"
        );
    }
    match &context.experiment.run {
        Run::Hpo(_) if is_partial => {
            format!("Next: `cargo xp run {name}` runs the remaining trials")
        }
        Run::Hpo(_) => match training_of(context.workspace.root(), name) {
            Some(training) => {
                format!("Next: `cargo xp run {training}` trains the best hyperparameters")
            }
            None => format!(
                "Next: a training of these hyperparameters; `cargo xp new train --help` shows how its file is written, `params: best({name})`"
            ),
        },
        Run::Train(_) => format!(
            "Next: read {}, or `cargo xp report --html`; `cargo xp list` has what else there is to run",
            xp_report::REPORT
        ),
    }
}

/// The training that is named as a search is, where its file is there.
fn training_of(root: &Path, search: &str) -> Option<String> {
    let training = format!("train_{}", search.strip_prefix("hpo_")?);
    let file = root.join(EXPERIMENTS).join(format!("{training}.rs"));
    file.is_file().then_some(training)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

    use std::fs;

    use super::{EXPERIMENTS, training_of};

    #[test]
    fn a_search_leads_to_the_training_of_its_name() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join(EXPERIMENTS);
        fs::create_dir_all(&folder).unwrap();
        let of = |name| training_of(root.path(), name);
        assert_eq!(of("hpo_2M_threshold_1pct"), None);
        fs::write(folder.join("train_2M_threshold_1pct.rs"), "").unwrap();
        assert_eq!(
            of("hpo_2M_threshold_1pct").unwrap(),
            "train_2M_threshold_1pct"
        );
        assert_eq!(of("train_2M_threshold_1pct"), None);
    }
}
