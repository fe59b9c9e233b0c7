//! Hyperparameters of a training: written in the file, or borrowed from searches whose results are there and of the same spec (F15).

use std::{fs, path::PathBuf};

use serde::Deserialize;
use xp_host::resources::{Finding, Severity};
use xp_spec::{
    architecture::Architecture,
    borrow::between,
    count::{count_parameters, group},
    experiment::{Params, Run as Kind, Train},
    grid::{MIN_HEAD_WIDTH, architecture_grid, heads_fit},
    hyper::Hyperparameters,
    space::{Assignment, SearchSpace},
};

use crate::{error::RunError, run::Run, spec::Borrowed};

/// The part of a search's `{budget}_best.json` that is borrowed.
#[derive(Debug, Deserialize)]
struct Best {
    best_params: Assignment,
    /// Absent where another program made the best trial and the objective is the AUC.
    val_loss: Option<f64>,
    /// Whether the best trial predicts the class prior (F29).
    #[serde(default)]
    collapsed: bool,
    /// Trials that had ended, and those that the search declares.
    ended: u64,
    declared: u64,
    prior_entropy: f64,
    #[serde(default)]
    search_space: Option<SearchSpace>,
    spec_hash: String,
}

impl Best {
    /// `validation log-loss 0.6123 `, or nothing where it is not known.
    fn loss(&self, digits: usize) -> String {
        self.val_loss.map_or_else(String::new, |loss| {
            format!("validation log-loss {loss:.digits$} ")
        })
    }

    /// Whether it was searched in its logarithm.
    fn logarithmic(&self, name: &str) -> bool {
        self.search_space
            .iter()
            .flat_map(|space| &space.parameters)
            .any(|parameter| parameter.name == name && parameter.domain.is_logarithmic())
    }
}

fn best_path(run: &Run, source: &Borrowed) -> PathBuf {
    run.workspace
        .root()
        .join("outputs/hpo")
        .join(source.experiment)
        .join(format!("{}_best.json", run.experiment.budget))
}

fn best_of(run: &Run, source: &Borrowed) -> Result<Best, String> {
    let remedy = format!("run `cargo xp run {}` first", source.binary);
    let path = best_path(run, source);
    let text =
        fs::read(&path).map_err(|_| format!("{} has no result yet; {remedy}", source.binary))?;
    let best: Best = serde_json::from_slice(&text)
        .map_err(|cause| format!("{} cannot be read: {cause}; {remedy}", path.display()))?;
    if best.spec_hash != source.hash {
        return Err(format!(
            "{} is of another version of {} (spec {}, now {}); {remedy}",
            path.display(),
            source.binary,
            best.spec_hash,
            source.hash
        ));
    }
    Ok(best)
}

/// Pre-flight lines about the searches that are borrowed from.
pub(crate) fn borrowed_findings(run: &Run) -> Vec<Finding> {
    run.spec
        .borrowed
        .iter()
        .map(|source| match best_of(run, source) {
            Ok(best) if best.ended < best.declared => Finding::new(
                Severity::Warning,
                "borrowed",
                format!(
                    "{}: only {} of its {} trials have ended: these hyperparameters may change; `cargo xp run {0}` goes on",
                    source.binary, best.ended, best.declared
                ),
            ),
            Ok(best) if best.collapsed => Finding::new(
                Severity::Warning,
                "borrowed",
                format!(
                    "{}: its best trial has collapsed (it predicts the class prior): widen its search before these hyperparameters are trained",
                    source.binary
                ),
            ),
            Ok(best) => Finding::new(
                Severity::Good,
                "borrowed",
                format!(
                    "{}: {}after {} trials",
                    source.binary,
                    best.loss(4),
                    best.ended
                ),
            ),
            Err(message) => Finding::new(Severity::Error, "borrowed", message),
        })
        .collect()
}

/// Hyperparameters and, for each source, where they came from.
#[derive(Debug, Clone)]
pub(crate) struct Resolved {
    pub(crate) hyper: Hyperparameters,
    pub(crate) origin: Vec<(String, String)>,
}

/// The hyperparameters of a training; absent for a search.
pub(crate) fn resolve(run: &Run) -> Result<Option<Resolved>, RunError> {
    let Kind::Train(train) = &run.experiment.run else {
        return Ok(None);
    };
    let (mut hyper, origin) = hyperparameters(run, train)?;
    if let Some(most) = run.arguments.max_epochs {
        hyper.epochs = hyper.epochs.min(most);
    }
    let (low, high) = run.experiment.budget.range(run.experiment.tolerance);
    let count = count_parameters(&hyper.architecture, &run.experiment.input())
        .map_or(0, |count| count.total());
    if !(low..=high).contains(&count) {
        return Err(RunError::Failed(format!(
            "the shape {} has {} parameters, this experiment allows {} to {}",
            hyper.architecture,
            group(count),
            group(low),
            group(high)
        )));
    }
    Ok(Some(Resolved { hyper, origin }))
}

fn hyperparameters(
    run: &Run,
    train: &Train,
) -> Result<(Hyperparameters, Vec<(String, String)>), RunError> {
    let source = |name: &str| {
        run.spec
            .borrowed
            .iter()
            .find(|source| source.binary == name)
            .ok_or_else(|| {
                RunError::Failed(format!("the binary does not know {name}; build it again"))
            })
    };
    let load = |name: &str| -> Result<(Best, Hyperparameters), RunError> {
        let best = best_of(run, source(name)?).map_err(RunError::Failed)?;
        let refused = |cause: String| {
            let path = best_path(run, source(name)?);
            Err(RunError::Failed(format!(
                "{}: {cause}; was it edited? Delete it and run `cargo xp run {name}`, which writes it again",
                path.display()
            )))
        };
        let hyper = match Hyperparameters::from_assignment(&best.best_params) {
            Ok(hyper) => hyper,
            Err(cause) => return refused(cause.to_string()),
        };
        let Architecture {
            d_model, n_heads, ..
        } = hyper.architecture;
        if !heads_fit(d_model, n_heads) {
            return refused(format!(
                "{n_heads} heads do not fit d_model {d_model}: they must divide it, with at least {MIN_HEAD_WIDTH} each"
            ));
        }
        Ok((best, hyper))
    };
    let told = |name: &str, best: &Best| {
        (
            name.to_owned(),
            format!(
                "{}after {} of {} trials, spec {}",
                best.loss(6),
                best.ended,
                best.declared,
                best.spec_hash
            ),
        )
    };
    match &train.params {
        Params::Fixed(assignment) => Ok((
            Hyperparameters::from_assignment(assignment).map_err(RunError::failed)?,
            Vec::new(),
        )),
        Params::Best(name) => {
            let (best, hyper) = load(name)?;
            Ok((hyper, vec![told(name, &best)]))
        }
        Params::Between(a, b) => {
            let ((best_a, hyper_a), (best_b, hyper_b)) = (load(a)?, load(b)?);
            let feasible: Vec<Architecture> = architecture_grid(
                run.experiment.budget,
                run.experiment.tolerance,
                &run.experiment.input(),
            );
            let logarithmic = |name: &str| best_a.logarithmic(name) || best_b.logarithmic(name);
            let assignment =
                between(&hyper_a, &hyper_b, &feasible, logarithmic).ok_or_else(|| {
                    RunError::Failed(
                        "no shape of the grid lies between the two searches' shapes".to_owned(),
                    )
                })?;
            let skill = |best: &Best| Some(1.0 - best.val_loss? / best.prior_entropy);
            let mut origin = vec![told(a, &best_a), told(b, &best_b)];
            for (name, best) in [(a, &best_a), (b, &best_b)] {
                let skill = skill(best).map(|skill| format!("{skill:.6}"));
                origin.extend(skill.map(|skill| (format!("skill of {name}"), skill)));
            }
            Ok((
                Hyperparameters::from_assignment(&assignment).map_err(RunError::failed)?,
                origin,
            ))
        }
    }
}
