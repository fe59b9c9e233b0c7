//! Folders of searches and trainings, which runs write and the command line reads.

use std::{fs, path::Path};

/// Folders of searches, relative to the workspace.
pub const SEARCHES: &str = "outputs/hpo";
/// Folders of trainings, relative to the workspace.
pub const TRAININGS: &str = "outputs/training";
/// Folder of what jobs of Slurm print, relative to the workspace.
pub const SLURM_LOGS: &str = "outputs/logs/slurm";

/// Name of the folder of a run whose command line changed results: `{experiment}+{hash}`, the hash of the experiment with these options.
pub fn overridden_name(experiment: &str, hash: &str) -> String {
    format!("{experiment}+{hash}")
}

/// Names of the folders in [`SEARCHES`] of an experiment's searches whose command line changed results, sorted. Those that were moved aside are
/// left out: they have an `@` in their names.
pub fn overridden_searches(root: &Path, experiment: &str) -> Vec<String> {
    let prefix = overridden_name(experiment, "");
    let entries = fs::read_dir(root.join(SEARCHES)).into_iter().flatten();
    let mut found: Vec<_> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with(&prefix) && !name.contains('@'))
        .collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overridden_searches_are_those_of_the_experiment_that_are_in_use() {
        let root = tempfile::tempdir().unwrap();
        assert!(overridden_searches(root.path(), "one").is_empty());
        for name in ["one", "one+b", "one+a", "one+a@0", "one_more+c"] {
            fs::create_dir_all(root.path().join(SEARCHES).join(name)).unwrap();
        }
        let found = overridden_searches(root.path(), "one");
        assert_eq!(
            found,
            [overridden_name("one", "a"), overridden_name("one", "b")]
        );
    }
}
