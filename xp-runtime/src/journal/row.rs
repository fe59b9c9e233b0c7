//! The row of the log that a run writes.

use tch::Device;
use xp_host::batch_job::BatchJob;
use xp_report::log::{LintFinding, LogRow, Status};

use super::facts::{Facts, RowValues};
use crate::context::{Context, device_name};

/// A row of the log; what is not known is absent.
pub(super) fn row(
    context: &Context,
    facts: &Facts,
    code_version: Option<String>,
    run_id: &str,
    status: Status,
    values: &RowValues,
    error: Option<String>,
) -> LogRow {
    let experiment = &context.experiment;
    let mut flags = facts.flags.clone();
    flags.extend(values.flags.iter().filter(|flag| **flag != "collapsed"));
    if values.collapsed {
        flags.push("collapsed");
    }
    if facts.refused {
        flags.push(xp_report::REFUSED);
    }
    LogRow {
        timestamp: context.clock.timestamp(),
        experiment: experiment.name(),
        phase: experiment.phase.clone(),
        budget: experiment.budget.to_string(),
        task: experiment.task.to_string(),
        horizon: experiment.horizon.days(),
        timescale: experiment.timescale.to_string(),
        script_path: context.spec.source.to_owned(),
        run_type: experiment.run_type().to_owned(),
        status,
        duration_seconds: values.duration_seconds.unwrap_or_else(|| {
            let started = facts.seed_started.unwrap_or(context.started);
            context.clock.since(started).as_secs_f64()
        }),
        val_loss: values.val_loss,
        test_accuracy: values.test_accuracy,
        hyperparameters: values.hyperparameters.clone(),
        error_message: error,
        thermal_max_temp: facts.heat.highest,
        data_md5: facts.data_md5.clone(),
        run_id: run_id.to_owned(),
        spec_hash: context.hash.clone(),
        overridden: context.overridden,
        code_version,
        seed: values.seed,
        device: Some(device_name(context.device)),
        param_count: values.param_count,
        n_features: Some(experiment.features.len() as u64),
        val_auc: values.val_auc,
        test_loss: values.test_loss,
        test_auc: values.test_auc,
        test_positives: values.test.map(|(_, positives)| positives),
        test_samples: values.test.map(|(n, _)| n),
        val_positives: values.val.map(|(_, positives)| positives),
        val_samples: values.val.map(|(n, _)| n),
        best_epoch: values.best_epoch,
        best_step: values.best_step,
        thermal_paused_seconds: facts.heat.paused_seconds,
        samples_per_second: values.samples_per_second,
        flags: (!flags.is_empty()).then(|| flags.join(" ")),
        threads: u32::try_from(tch::get_num_threads()).ok(),
        overrides: context.overrides(),
        lints: lints(context),
        train_samples: facts.train_samples,
        train_flops: values.train_flops,
        job: context.job.as_ref().map(BatchJob::id),
        restart_count: context.job.as_ref().and_then(|job| job.restart_count),
        kernels: (context.device == Device::Cpu).then(|| xp_engine::kernels().to_string()),
    }
}

/// What the lints found, JSON; absent where they found nothing.
fn lints(context: &Context) -> Option<String> {
    let findings: Vec<_> = context
        .spec
        .findings
        .iter()
        .map(|found| LintFinding {
            lint: found.lint.to_owned(),
            message: found.message.to_owned(),
            reason: found.reason.map(str::to_owned),
        })
        .collect();
    LintFinding::to_cell(&findings)
}
