//! Imports the trials of an earlier study that fit the search as it is now, once. The earlier study is not changed.

use std::path::Path;

use xp_search::{Study, StudyError, Trial};
use xp_spec::{experiment::Hpo, space::Assignment};

use super::trial;
use crate::{
    context::{Context, RunError},
    journal::Journal,
    study::{STUDY, continuation::check_comparable},
};

/// Takes over the trials of the study that the run continues from, once.
pub(super) fn import_trials(
    context: &Context,
    journal: &Journal<'_>,
    hpo: &Hpo,
    continues: Option<&Path>,
    study: &mut Study,
) -> Result<(), RunError> {
    let Some(folder) = continues else {
        return Ok(());
    };
    let own = context.folder();
    if folder == own {
        return Ok(());
    }
    let mut earlier = match Study::open_read_only(&folder.join(STUDY), &context.clock) {
        Ok(earlier) => earlier,
        // It was taken over when this study began; somebody may have tidied up since.
        Err(StudyError::Unreachable { .. }) if !study.trials()?.is_empty() => {
            return Ok(());
        }
        Err(error) => return Err(RunError::failed(error)),
    };
    check_comparable(context, folder, &mut earlier)?;
    let (was, is) = (
        &earlier.identity().data_md5.clone(),
        &study.identity().data_md5,
    );
    if was != is {
        return Err(RunError::Failed(format!(
            "the trials in {} saw data with MD5 {was}, this experiment's has {is}: they are not comparable",
            folder.display()
        )));
    }
    let fixed: Assignment = earlier
        .identity()
        .spec
        .pointer("/search/fixed")
        .and_then(|fixed| serde_json::from_value(fixed.clone()).ok())
        .unwrap_or_default();
    let imported = study.import_trials(&mut earlier, |trial| point_of(hpo, &fixed, trial))?;
    for (_, number) in &imported.copied {
        let kept = study.attributes(*number)?;
        let trials = study.trials()?;
        if let Some(trial) = trials.iter().find(|trial| trial.number == *number) {
            trial::write_trial(&own, trial, &kept)?;
        }
    }
    if imported.already_copied == 0 {
        journal.info(&format!(
            "imported {} of {} trials from {}",
            imported.copied.len(),
            imported.copied.len() + imported.skipped.len(),
            folder.display()
        ));
        for (number, reason) in &imported.skipped {
            journal.info(&format!("  skipped trial {number}: {reason}"));
        }
    }
    Ok(())
}

/// A trial's point in the space that is searched now; `fixed` is what all its study's trials had.
fn point_of(hpo: &Hpo, fixed: &Assignment, trial: &Trial) -> Result<Assignment, String> {
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
            point_of(&hpo, &assignment(fixed), &trial)
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
