//! An earlier study of a changed experiment: refused with the difference, left behind on request, or continued from with the
//! trials that fit. Nothing of it is ever changed.

use std::path::{Path, PathBuf};

use serde_json::Value;
use xp_search::{Study, StudyError, Trial, changes};
use xp_spec::{
    experiment::{Hpo, Run as Kind},
    space::Assignment,
};

use super::{STUDY, ended, spec, trial};
use crate::{error::RunError, run::Run};

/// The folder that the command line wants to continue from, absolute.
pub(crate) fn wanted_source(run: &Run) -> Result<Option<PathBuf>, RunError> {
    let Some(given) = &run.arguments.continue_from else {
        return Ok(None);
    };
    let within = run.workspace.root().join(given);
    let there = [given, &within]
        .into_iter()
        .find_map(|path| path.canonicalize().ok());
    let folder = there.filter(|folder| folder.join(STUDY).is_file());
    let Some(folder) = folder else {
        return Err(RunError::Failed(format!(
            "--continue-from {}: there is no {STUDY} in it; name the folder of a search, such as outputs/hpo/phase6a_hpo_2M_threshold_1pct",
            given.display()
        )));
    };
    let mut earlier = Study::look(&folder.join(STUDY)).map_err(RunError::failed)?;
    comparable(run, &folder, &mut earlier)?;
    // As the experiment's own folder is named, however its path was written.
    let own = run.folder();
    let is_own = own.canonicalize().is_ok_and(|own| own == folder);
    Ok(Some(if is_own { own } else { folder }))
}

/// Whether the earlier results of a changed experiment may be moved aside: a search with trials only when asked to.
pub(crate) fn may_leave_behind(run: &Run) -> Result<(), RunError> {
    let Kind::Hpo(hpo) = &run.experiment.run else {
        return Ok(());
    };
    if run.arguments.new_study || run.arguments.continue_from.is_some() {
        return Ok(());
    }
    // One that cannot be read is kept as it is, aside.
    let Ok(mut earlier) = Study::look(&run.folder().join(STUDY)) else {
        return Ok(());
    };
    let count = ended(earlier.trials().map_err(RunError::failed)?);
    if count == 0 {
        return Ok(());
    }
    let old = earlier.identity();
    let mut differences = xp_search::space_changes(&old.space, &hpo.space);
    differences.extend(spec_changes(run, hpo, &old.spec, false));
    if differences.is_empty() {
        differences.push(format!("its spec hash is {}", old.spec_hash));
    }
    Err(RunError::Failed(format!(
        "{} holds {count} trials of the experiment as it was: {}; go back to that, or start a new study with --new-study (the earlier one is kept) or with --continue-from {} (which takes over the trials that fit)",
        run.folder().display(),
        differences.join("; "),
        run.folder().display()
    )))
}

/// Changes of what a study keeps of its experiment; of what decides values only, or of all.
fn spec_changes(run: &Run, hpo: &Hpo, old: &Value, values_only: bool) -> Vec<String> {
    let mut old = old.clone();
    let mut new = spec(run, hpo, Value::Null);
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
fn comparable(run: &Run, folder: &Path, earlier: &mut Study) -> Result<(), RunError> {
    let Kind::Hpo(hpo) = &run.experiment.run else {
        return Ok(());
    };
    let mut differences = spec_changes(run, hpo, &earlier.identity().spec, true);
    let metric = run.experiment.training.objective.label();
    if earlier.identity().metric != metric {
        let old = &earlier.identity().metric;
        differences.push(format!("its objective is {old}, the experiment's {metric}"));
    }
    if differences.is_empty() {
        return Ok(());
    }
    Err(RunError::Failed(format!(
        "the trials in {} do not compare with this experiment's: {}; start anew with --new-study",
        folder.display(),
        differences.join("; ")
    )))
}

/// Takes over the trials of the study that the run continues from, once.
pub(super) fn take_over(run: &Run, hpo: &Hpo, study: &mut Study) -> Result<(), RunError> {
    let Some(folder) = run.continues.borrow().clone() else {
        return Ok(());
    };
    let own = run.folder();
    if folder == own {
        return Ok(());
    }
    let mut earlier = match Study::look(&folder.join(STUDY)) {
        Ok(earlier) => earlier,
        // It was taken over when this study began; somebody may have tidied up since.
        Err(StudyError::Unreachable { .. })
            if !study.trials().map_err(RunError::failed)?.is_empty() =>
        {
            return Ok(());
        }
        Err(error) => return Err(RunError::failed(error)),
    };
    comparable(run, &folder, &mut earlier)?;
    let (was, is) = (
        &earlier.identity().data_md5.clone(),
        &study.identity().data_md5,
    );
    if was != is {
        return Err(RunError::Failed(format!(
            "the trials in {} saw data with MD5 {was}, this experiment's has {is}: they do not compare",
            folder.display()
        )));
    }
    let fixed: Assignment = earlier
        .identity()
        .spec
        .pointer("/search/fixed")
        .and_then(|fixed| serde_json::from_value(fixed.clone()).ok())
        .unwrap_or_default();
    let adopted = study
        .adopt(&mut earlier, |trial| fit(hpo, &fixed, trial))
        .map_err(RunError::failed)?;
    for (_, number) in &adopted.taken {
        let kept = study.attributes(*number).map_err(RunError::failed)?;
        let trials = study.trials().map_err(RunError::failed)?;
        if let Some(trial) = trials.iter().find(|trial| trial.number == *number) {
            trial::write_trial(&own, trial, &kept)?;
        }
    }
    if adopted.known == 0 {
        run.output.say(&format!(
            "took over {} of {} trials from {}",
            adopted.taken.len(),
            adopted.taken.len() + adopted.left.len(),
            folder.display()
        ));
        for (number, reason) in &adopted.left {
            run.output.say(&format!("  left trial {number}: {reason}"));
        }
    }
    Ok(())
}

/// A trial's point in the space that is searched now; `fixed` is what all its study's trials had.
fn fit(hpo: &Hpo, fixed: &Assignment, trial: &Trial) -> Result<Assignment, String> {
    let mut all = fixed.clone();
    all.extend(trial.assignment.clone());
    let mut point = Assignment::new();
    for parameter in &hpo.space.parameters {
        let name = &parameter.name;
        let value = all.remove(name);
        point.insert(
            name.clone(),
            value.ok_or_else(|| format!("`{name}` was not set"))?,
        );
    }
    for name in all.keys().chain(hpo.fixed.keys()) {
        match (all.get(name), hpo.fixed.get(name)) {
            (Some(was), Some(is)) if was == is => {}
            (Some(was), Some(is)) => return Err(format!("`{name}` was {was}, is {is}")),
            (Some(was), None) => return Err(format!("`{name}` was {was}, is not set")),
            (None, _) => return Err(format!("`{name}` was not set")),
        }
    }
    Ok(point)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]
    use xp_search::TrialState;
    use xp_spec::{
        space::{Domain, Parameter, SearchSpace, Value},
        strategy::Strategy,
    };

    use super::*;

    fn assignment(pairs: &[(&str, f64)]) -> Assignment {
        let value = |(name, value): &(&str, f64)| ((*name).to_owned(), Value::Float(*value));
        pairs.iter().map(value).collect()
    }

    #[test]
    fn what_was_searched_may_be_fixed_and_what_was_fixed_searched() {
        let parameter = |name: &str| Parameter {
            name: name.to_owned(),
            domain: Domain::Uniform {
                low: 0.0,
                high: 1.0,
            },
        };
        let hpo = Hpo {
            trials: 9,
            timeout_seconds: 9,
            seed: 1,
            strategy: Strategy::default(),
            space: SearchSpace {
                parameters: vec![parameter("a"), parameter("b")],
            },
            fixed: assignment(&[("c", 0.5)]),
        };
        let fits = |searched: &[(&str, f64)], fixed: &[(&str, f64)]| {
            let trial = Trial {
                number: 0,
                state: TrialState::Complete,
                assignment: assignment(searched),
                value: None,
                intermediate: Vec::new(),
            };
            fit(&hpo, &assignment(fixed), &trial)
        };
        let point = Ok(assignment(&[("a", 0.1), ("b", 0.2)]));
        assert_eq!(fits(&[("a", 0.1), ("c", 0.5)], &[("b", 0.2)]), point);
        for (searched, fixed, reason) in [
            (
                &[("a", 0.1), ("c", 0.6)][..],
                &[("b", 0.2)][..],
                "`c` was 0.6, is 0.5",
            ),
            (&[("a", 0.1)], &[("c", 0.5)], "`b` was not set"),
            (&[("a", 0.1), ("b", 0.2)], &[], "`c` was not set"),
            (
                &[("a", 0.1), ("b", 0.2), ("d", 0.3)],
                &[("c", 0.5)],
                "`d` was 0.3, is not set",
            ),
        ] {
            assert_eq!(fits(searched, fixed).unwrap_err(), reason);
        }
    }
}
