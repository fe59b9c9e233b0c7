//! `run: train`: hyperparameters from a search or the file, one training per seed, and test data opened once, after selection (F39).

mod hooks;
pub(crate) mod sealed;
mod seed;
mod weights;

use xp_report::{
    log::{self, Status},
    record::RunRecord,
};
use xp_spec::{count::count_parameters, experiment::Run};

use crate::{
    baselines::Compared,
    context::{Context, RunError},
    data::Data,
    guard::ThermalGuard,
    journal::{Conclusion, Finished, Heat, Journal, RowValues},
    preflight::Ready,
};
use seed::{Seed, train_seed};

/// Trains once per seed; seeds that are already in the log with this hash are not trained again.
pub(crate) fn train(
    context: &Context,
    journal: &Journal<'_>,
    ready: &Ready,
    data: &Data,
    guard: &mut ThermalGuard,
) -> Result<Finished, RunError> {
    let (Run::Train(train), Some(resolved)) = (&context.experiment.run, &ready.resolved) else {
        return Err(RunError::Failed(
            "this binary's experiment is not a training; build it again".to_owned(),
        ));
    };
    let hyper = &resolved.hyper;
    let parameters = serde_json::to_string(&hyper.to_assignment()).ok();
    let rows =
        log::read(&context.workspace.root().join(xp_report::LOG)).map_err(RunError::failed)?;
    // Of the same spec and hyperparameters, and with its weights: a search that went on may have other ones to lend.
    let finished = |seed: u64| {
        weights::path(context, seed).is_file()
            && rows.iter().any(|row| {
                row.spec_hash == context.hash
                    && row.status == Status::Success
                    && row.seed == Some(seed)
                    && row.hyperparameters == parameters
            })
    };
    let mut files = Vec::new();
    let mut diverged = Vec::new();
    // The first row has the heat of pre-flight, too.
    let mut heat_before = Some(ready.heat);
    let mut compared = None;
    for &seed in &train.seeds {
        // Of this seed alone, whatever becomes of it.
        let values = RowValues {
            hyperparameters: parameters.clone(),
            seed: Some(seed),
            param_count: count_parameters(&hyper.architecture, &context.experiment.input())
                .map(|count| count.total()),
            ..RowValues::default()
        };
        journal.note_values(&values);
        if finished(seed) {
            journal.info(&format!("seed {seed}: finished earlier"));
            journal.discard(&hooks::checkpoint(context, seed));
            continue;
        }
        journal.note_seed_started(context.clock.now());
        let before = heat_before.take().unwrap_or_else(|| {
            guard.reset();
            Heat::default()
        });
        let trained = train_seed(
            context,
            journal,
            data,
            guard,
            resolved,
            values,
            compared.take(),
        );
        journal.note_heat(guard.heat().after(before));
        // A later seed that fails or is interrupted must not lose this one (F31).
        match trained? {
            Seed::Evaluated(values, record, written) => {
                files.extend(written);
                compared = Some(Compared::of(&record));
                let record = RunRecord {
                    effective_dimension: data.effective_dimension(),
                    ..record
                };
                journal.commit(Status::Success, &values, &record, None)?;
            }
            // The others are replicates and go on (F30).
            Seed::Diverged(values, record, why) => {
                journal.warn(&why);
                journal.commit(Status::Failed, &values, &record, Some(why))?;
                diverged.push(seed.to_string());
            }
        }
        journal.discard(&hooks::checkpoint(context, seed));
    }
    let seeds = train.seeds.len();
    let conclusion = if !diverged.is_empty() {
        Conclusion::Diverged(format!(
            "seed {} of {seeds} diverged; lower the learning rate: the same command would diverge again",
            diverged.join(", ")
        ))
    } else if files.is_empty() {
        Conclusion::AlreadyFinished(format!(
            "finished: all {seeds} seeds are in {}",
            xp_report::LOG
        ))
    } else {
        Conclusion::Complete
    };
    Ok(Finished {
        search: None,
        files,
        conclusion,
        claim: None,
    })
}
