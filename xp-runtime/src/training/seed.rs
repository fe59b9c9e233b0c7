//! One seed: trained, selected on validation, and then evaluated on test data once.

use std::path::PathBuf;

use xp_engine::train::{Fitted, Outcome, TrainError, fit, predict, start};
use xp_metrics::{accuracy, log_loss, roc_auc};
use xp_report::record::RunRecord;

use super::{hooks::SeedHooks, weights};
use crate::{
    baselines::{self, Compared},
    context::{Context, RunError},
    data::Data,
    guard::{
        ThermalGuard,
        reason::{INTERRUPT, MEMORY},
    },
    journal::{Journal, RowValues, curve_points, with_flops},
    preflight::Resolved,
};

/// What became of a seed.
pub(super) enum Seed {
    /// It was evaluated on test; with the files that it left.
    Evaluated(RowValues, RunRecord, Vec<PathBuf>),
    /// Its loss was no number or exploded.
    Diverged(RowValues, RunRecord, String),
}

/// Trains a seed; `values` are those that its row has whatever becomes of it, `compared` what an earlier seed was compared with.
pub(super) fn train_seed(
    context: &Context,
    journal: &Journal<'_>,
    data: &Data,
    guard: &mut ThermalGuard,
    resolved: &Resolved,
    mut values: RowValues,
    compared: Option<Compared>,
) -> Result<Seed, RunError> {
    let (hyper, seed) = (&resolved.hyper, values.seed.unwrap_or_default());
    let _span = tracing::info_span!("seed", seed).entered();
    let config = context.fit_config(hyper.clone(), seed);
    let model = start(&config, context.experiment.input(), &data.training())
        .map_err(|error| RunError::Failed(format!("seed {seed}: {error}")))?;
    values.param_count = Some(model.param_count());
    let steps = config.plan(data.train.len() as u64).steps();
    let mut hooks = SeedHooks::new(context, journal, guard, (seed, steps));
    let fitted =
        fit(model, &data.training(), &config, &context.clock, &mut hooks).map_err(|error| {
            if matches!(error, TrainError::OutOfMemory) {
                values.flags.push("out_of_memory");
                journal.note_values(&values);
            }
            RunError::Failed(format!("seed {seed}: {error}"))
        })?;
    journal.show_progress(&[]);
    values.flags = fitted.flags.iter().map(|flag| flag.name()).collect();
    let samples = data.train.len() as u64;
    let flops = |step| context.experiment.flops_of_steps(hyper, step, samples);
    values.train_flops = fitted.curve.last().map(|last| flops(last.step));
    journal.note_values(&values);
    let record = RunRecord {
        run_id: format!("{}-s{seed}", context.run_id),
        experiment: context.experiment.name(),
        curve: with_flops(curve_points(&fitted.curve), flops),
        origin: resolved.sources.iter().cloned().collect(),
        flags: values.flags.iter().map(|flag| (*flag).to_owned()).collect(),
        ..RunRecord::default()
    };
    match fitted.outcome {
        Outcome::Stopped(reason) => {
            if reason == MEMORY {
                values.flags.push("out_of_memory");
                journal.note_values(&values);
            }
            Err(guard.error(if reason.is_empty() { INTERRUPT } else { reason }))
        }
        Outcome::Diverged => {
            values.duration_seconds = Some(fitted.seconds);
            let why = format!(
                "seed {seed} diverged after {} evaluations: its loss was not finite or exploded; lower the learning rate",
                fitted.curve.len()
            );
            Ok(Seed::Diverged(values, record, why))
        }
        Outcome::Finished | Outcome::EarlyStopped => evaluate(
            context,
            journal,
            data,
            (&fitted, hyper.steps),
            values,
            record,
            compared,
        ),
    }
}

/// Evaluates a selected model, of a training of so many steps, on test data, once, beside the baselines.
fn evaluate(
    context: &Context,
    journal: &Journal<'_>,
    data: &Data,
    (fitted, steps): (&Fitted, u32),
    values: RowValues,
    record: RunRecord,
    compared: Option<Compared>,
) -> Result<Seed, RunError> {
    let seed = values.seed.unwrap_or_default();
    let selected = fitted.selected().ok_or_else(|| {
        RunError::Failed(format!("seed {seed} ended before its first evaluation"))
    })?;
    journal.info(&format!("seed {seed}: evaluating on test data"));
    let test = data.test.open(fitted);
    let predictions = predict(&fitted.model, &data.windows, test).map_err(RunError::failed)?;
    let (p, y) = (predictions.probabilities.values(), &predictions.labels);
    let files = weights::save(context, fitted, seed)?;
    let values = RowValues {
        val_loss: Some(selected.val_loss),
        val_auc: selected.val_auc,
        val: Some((data.val.len() as u64, data.val.positives() as u64)),
        test_loss: Some(log_loss(p, y)),
        test_accuracy: Some(accuracy(p, y)),
        test_auc: roc_auc(p, y),
        test: Some((test.len() as u64, test.positives() as u64)),
        best_epoch: Some(selected.epoch),
        best_step: fitted.best_step,
        samples_per_second: mean(fitted.curve.iter().map(|it| it.samples_per_second)),
        collapsed: fitted.collapsed,
        duration_seconds: Some(fitted.seconds),
        ..values
    };
    journal.info(&format!(
        "seed {seed}: selected at step {} of {} (epoch {:.1}), validation log-loss {:.4} (n {}, {} positive); evaluated on test once (n {}, {} positive), see the report for intervals",
        selected.step,
        steps,
        selected.epoch,
        selected.val_loss,
        data.val.len(),
        data.val.positives(),
        test.len(),
        test.positives()
    ));
    let validation = predict(&fitted.model, &data.windows, &data.val).map_err(RunError::failed)?;
    // Baselines have seeds of their own: they are the same beside each of these.
    let compared = match compared {
        Some(compared) => compared,
        None => baselines::evaluate(context, journal, data, test)?,
    };
    let record = RunRecord {
        val: Some(data.record(&data.val, validation.probabilities.values().to_vec())),
        test: Some(data.record(test, predictions.probabilities.values().to_vec())),
        baselines: compared.baselines,
        missing_baselines: compared.missing,
        bayes: compared.bayes,
        ..record
    };
    Ok(Seed::Evaluated(values, record, files))
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}
