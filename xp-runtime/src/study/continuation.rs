//! An earlier study of a changed experiment: refused with the difference, moved aside on request, or continued from with the trials that
//! fit. Nothing of it is ever changed.

use std::path::{Path, PathBuf};

use serde_json::Value;
use xp_search::{Study, changes};
use xp_spec::experiment::{Hpo, Run};

use super::{
    place,
    ranking::ended,
    settings::{STUDY, settings},
};
use crate::context::{Context, RunError};

/// The folder that the command line wants to continue from, absolute.
pub(crate) fn requested_source(context: &Context) -> Result<Option<PathBuf>, RunError> {
    let Some(given) = &context.options.continue_from else {
        return Ok(None);
    };
    let within = context.workspace.root().join(given);
    let there = [given, &within]
        .into_iter()
        .find_map(|path| path.canonicalize().ok());
    let folder = there.filter(|folder| folder.join(STUDY).is_file());
    let Some(folder) = folder else {
        return Err(RunError::Failed(format!(
            "--continue-from {}: there is no {STUDY} in it, and trials are imported from such a file only, not from a server; name the folder of a search, such as outputs/hpo/phase6a_hpo_2M_threshold_1pct",
            given.display()
        )));
    };
    let mut earlier = Study::open_read_only(&folder.join(STUDY), &context.clock)?;
    check_comparable(context, &folder, &mut earlier)?;
    // As the experiment's own folder is named, however its path was written.
    let own = context.folder();
    let is_own = own.canonicalize().is_ok_and(|own| own == folder);
    Ok(Some(if is_own { own } else { folder }))
}

/// Whether the earlier results of a changed experiment may be moved aside: a search with trials only when asked to.
pub(crate) fn may_move_aside(context: &Context, spec_hash: &str) -> Result<(), RunError> {
    let Run::Hpo(hpo) = &context.experiment.run else {
        return Ok(());
    };
    if context.options.new_study || context.options.continue_from.is_some() {
        return Ok(());
    }
    // One that cannot be read is kept as it is, aside; on a server it stays where it is.
    let Ok(Some(mut earlier)) = place::open_earlier(context, spec_hash) else {
        return Ok(());
    };
    let count = ended(earlier.trials()?);
    if count == 0 {
        return Ok(());
    }
    let old = earlier.identity();
    let mut differences = xp_search::space_changes(&old.space, &hpo.space);
    differences.extend(setting_changes(context, hpo, &old.spec, false));
    if differences.is_empty() {
        differences.push(format!("its spec hash is {}", old.spec_hash));
    }
    let folder = context.folder();
    // Trials are imported from files only.
    let import = match context.server {
        Some(_) => String::new(),
        None => format!(
            " or with --continue-from {} (which imports the trials that fit)",
            folder.display()
        ),
    };
    Err(RunError::Failed(format!(
        "{} holds {count} trials of the experiment as it was: {}; go back to that, or start a new study with --new-study (the earlier one is kept){import}",
        folder.display(),
        differences.join("; "),
    )))
}

/// Changes of what a study keeps of its experiment; of what decides values only, or of all.
fn setting_changes(context: &Context, hpo: &Hpo, old: &Value, values_only: bool) -> Vec<String> {
    let mut old = old.clone();
    let mut new = settings(context, hpo, Value::Null);
    for side in [&mut old, &mut new] {
        if let Some(object) = side.as_object_mut() {
            object.remove("validation");
            if values_only {
                object.remove("search");
            }
        }
    }
    changes(&old, &new)
}

/// Trials compare only where everything but the search is the same.
pub(crate) fn check_comparable(
    context: &Context,
    folder: &Path,
    earlier: &mut Study,
) -> Result<(), RunError> {
    let Run::Hpo(hpo) = &context.experiment.run else {
        return Ok(());
    };
    let mut differences = setting_changes(context, hpo, &earlier.identity().spec, true);
    let metric = context.experiment.training.objective.label();
    if earlier.identity().metric != metric {
        let old = &earlier.identity().metric;
        differences.push(format!("its objective is {old}, the experiment's {metric}"));
    }
    if differences.is_empty() {
        return Ok(());
    }
    Err(RunError::Failed(format!(
        "the trials in {} are not comparable with this experiment's: {}; start a new study with --new-study",
        folder.display(),
        differences.join("; ")
    )))
}
