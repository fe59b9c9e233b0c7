//! Hyperparameters of a training: written in the file, or borrowed from searches whose results are there and of the same spec (F15).

use xp_spec::{
    architecture::Architecture,
    borrow::between,
    count::{count_parameters, group},
    experiment::{Params, Run, Train},
    grid::{MIN_HEAD_WIDTH, architecture_grid, heads_fit},
    hyper::Hyperparameters,
};

use super::{
    best_file::{self, Best},
    samples::Samples,
};
use crate::context::{Context, RunError};

/// Hyperparameters and, for each source, where they came from.
#[derive(Debug, Clone)]
pub(crate) struct Resolved {
    pub(crate) hyper: Hyperparameters,
    pub(crate) sources: Vec<(String, String)>,
}

/// The hyperparameters of a training; absent for a search.
pub(super) fn resolve(
    context: &Context,
    samples: Option<Samples>,
) -> Result<Option<Resolved>, RunError> {
    let Run::Train(train) = &context.experiment.run else {
        return Ok(None);
    };
    let (hyper, sources) = hyperparameters(context, train)?;
    // Where the samples cannot be counted, the data is at fault, and there is no run.
    let samples = samples.map_or(u64::MAX, |samples| samples.train);
    let hyper = hyper.within_epochs(context.options.max_epochs, samples);
    let (low, high) = context
        .experiment
        .budget
        .range(context.experiment.tolerance);
    let count = count_parameters(&hyper.architecture, &context.experiment.input())
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
    Ok(Some(Resolved { hyper, sources }))
}

fn hyperparameters(
    context: &Context,
    train: &Train,
) -> Result<(Hyperparameters, Vec<(String, String)>), RunError> {
    let source = |name: &str| {
        context
            .spec
            .borrowed
            .iter()
            .find(|source| source.binary == name)
            .ok_or_else(|| {
                RunError::Failed(format!("the binary does not know {name}; build it again"))
            })
    };
    let load = |name: &str| -> Result<(Best, Hyperparameters), RunError> {
        let best = best_file::read(context, source(name)?).map_err(RunError::Failed)?;
        let refused = |cause: String| {
            let path = best_file::best_path(context, source(name)?);
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
    let source_of = |name: &str, best: &Best| {
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
            Ok((hyper, vec![source_of(name, &best)]))
        }
        Params::Between(a, b) => {
            let ((best_a, hyper_a), (best_b, hyper_b)) = (load(a)?, load(b)?);
            let feasible: Vec<Architecture> = architecture_grid(
                context.experiment.budget,
                context.experiment.tolerance,
                &context.experiment.input(),
            );
            let logarithmic = |name: &str| best_a.logarithmic(name) || best_b.logarithmic(name);
            let assignment =
                between(&hyper_a, &hyper_b, &feasible, logarithmic).ok_or_else(|| {
                    RunError::Failed(
                        "no shape of the grid lies between the two searches' shapes".to_owned(),
                    )
                })?;
            let skill = |best: &Best| Some(1.0 - best.val_loss? / best.prior_entropy);
            let mut sources = vec![source_of(a, &best_a), source_of(b, &best_b)];
            for (name, best) in [(a, &best_a), (b, &best_b)] {
                let skill = skill(best).map(|skill| format!("{skill:.6}"));
                sources.extend(skill.map(|skill| (format!("skill of {name}"), skill)));
            }
            Ok((
                Hyperparameters::from_assignment(&assignment).map_err(RunError::failed)?,
                sources,
            ))
        }
    }
}
