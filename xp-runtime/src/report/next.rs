//! What a user would run next, with the very command.

use std::path::Path;

use xp_spec::{experiment::Run, files::EXPERIMENTS};

use crate::context::Context;

/// The line after a run whose results are complete, or that has fewer trials than its file declares; none where others follow.
pub(super) fn next(context: &Context, is_partial: bool) -> Option<String> {
    if context.options.queued {
        return None;
    }
    let name = &context.experiment.binary;
    let training = training_of(context.workspace.root(), name);
    let is_search = matches!(context.experiment.run, Run::Hpo(_));
    Some(line(
        name,
        is_search,
        (context.overridden, is_partial),
        training,
    ))
}

fn line(
    name: &str,
    is_search: bool,
    (is_overridden, is_partial): (bool, bool),
    training: Option<String>,
) -> String {
    match (is_search, training) {
        (true, _) if is_overridden => format!(
            "Next: `cargo xp run {name} -- --trials 5` for hyperparameters that a training can borrow: from a run with options that change results none does"
        ),
        (false, _) if is_overridden => format!(
            "Next: `cargo xp run {name}` without options that change results: with them it is in no law and in no table of results"
        ),
        (true, Some(training)) if is_partial => format!(
            "Next: `cargo xp run {training}` trains the best hyperparameters so far, or `cargo xp run {name}` runs the remaining trials"
        ),
        (true, None) if is_partial => {
            format!("Next: `cargo xp run {name}` runs the remaining trials")
        }
        (true, Some(training)) => {
            format!("Next: `cargo xp run {training}` trains the best hyperparameters")
        }
        (true, None) => format!(
            "Next: `cargo xp new train-of {name}` writes the training of the best hyperparameters"
        ),
        (false, _) => format!(
            "Next: read {}, or `cargo xp report --html`; `cargo xp list --status` shows what else there is to run",
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

    use super::{EXPERIMENTS, line, training_of};

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
    #[test]
    fn every_end_of_a_run_leads_on() {
        let training = || Some("train_2M_threshold_1pct".to_owned());
        let (search, train) = ("hpo_2M_threshold_1pct", "train_2M_threshold_1pct");
        for (said, expected) in [
            (
                line(search, true, (false, false), training()),
                "Next: `cargo xp run train_2M_threshold_1pct` trains",
            ),
            (
                line(search, true, (false, false), None),
                "Next: `cargo xp new train-of hpo_2M_threshold_1pct`",
            ),
            (
                line(search, true, (false, true), training()),
                "or `cargo xp run hpo_2M_threshold_1pct` runs the remaining",
            ),
            (
                line(search, true, (true, false), training()),
                "Next: `cargo xp run hpo_2M_threshold_1pct -- --trials 5`",
            ),
            (
                line(train, false, (true, false), None),
                "Next: `cargo xp run train_2M_threshold_1pct` without options",
            ),
            (
                line(train, false, (false, false), None),
                "Next: read docs/experiment_results.md",
            ),
        ] {
            assert!(said.contains(expected), "{said}");
        }
    }
}
