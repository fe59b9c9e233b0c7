//! The best trial of a search with all that is published of it, and its file, `{budget}_best.json`, which trainings borrow from.

use std::path::Path;

use serde_json::{Map, Value as Json, json};
use xp_engine::train::Flag;
use xp_metrics::{
    Blocks, Metric, REPLICATES, entropy, evaluate,
    metrics::{log_loss, roc_auc},
};
use xp_report::{
    log,
    record::{CurvePoint, Predictions, Reference},
};
use xp_search::{Study, Trial, counts};
use xp_spec::{
    count::count_parameters, hyper::Hyperparameters, space::Assignment, training::Objective,
};

use super::{
    predictions::read_predictions,
    references::{beats_prior, references},
    subject::Search,
    write::write,
};
use crate::{
    context::{Context, RunError},
    preflight::require_claimed,
    study::{best_trial, ended},
};

/// The best trial.
pub(super) struct Best {
    pub(super) number: u32,
    pub(super) value: Option<f64>,
    /// Whether it predicts the class prior, as all complete trials do.
    pub(super) collapsed: bool,
    /// Searched and fixed hyperparameters.
    pub(super) params: Assignment,
    pub(super) hyper: Hyperparameters,
    pub(super) param_count: Option<u64>,
    pub(super) curve: Vec<CurvePoint>,
    /// The selected evaluation, where it is known.
    pub(super) selected: Option<CurvePoint>,
    pub(super) val_loss: Option<f64>,
    pub(super) val_auc: Option<f64>,
    pub(super) flags: Vec<Flag>,
    pub(super) samples_per_second: Option<f64>,
    /// Its predictions on validation, where they are known.
    pub(super) val: Option<Predictions>,
    /// 95 % interval of its value.
    pub(super) interval: Option<(f64, f64)>,
    /// The class prior and the logistic regression on the same samples.
    pub(super) references: Vec<Reference>,
    /// Whether it beats the class prior; absent where that is not known.
    pub(super) beats_prior: Option<bool>,
}

impl Best {
    /// The best of a study's trials; absent where none has completed.
    pub(super) fn of(
        context: &Context,
        search: &Search<'_>,
        study: &mut Study,
        trials: &[Trial],
    ) -> Result<Option<Self>, RunError> {
        let (data, hpo) = (search.data, search.hpo);
        let Some((best, collapsed)) = best_trial(study, trials)? else {
            return Ok(None);
        };
        let mut params = hpo.fixed.clone();
        params.extend(best.assignment.clone());
        let hyper = Hyperparameters::from_assignment(&params).map_err(RunError::failed)?;
        let attributes = study.attributes(best.number)?;
        let curve: Vec<CurvePoint> = attributes
            .get("curve")
            .and_then(|curve| serde_json::from_value(curve.clone()).ok())
            .unwrap_or_default();
        let best_step = attributes
            .get("best_step")
            .and_then(Json::as_u64)
            .and_then(|step| u32::try_from(step).ok());
        let selected = best_step.and_then(|step| {
            let mut points = curve.iter();
            points.find(|point| point.step == Some(step)).copied()
        });
        let objective = context.experiment.training.objective;
        // A trial of another program, such as Optuna, has a value and no curve.
        let own_value = best.value.filter(|_| objective == Objective::LogLoss);
        let val = read_predictions(&context.folder(), best.number, data.val.len())
            .map(|probabilities| data.record(&data.val, probabilities));
        let block = context.experiment.block_length();
        let labels: Vec<f64> = data.val.labels.iter().copied().map(f64::from).collect();
        let prior = data.train.positives() as f64 / data.train.len() as f64;
        let references = references(
            objective,
            block,
            &labels,
            val.as_ref(),
            (prior, search.signal),
        );
        Ok(Some(Self {
            number: best.number,
            value: best.value,
            collapsed,
            param_count: count_parameters(&hyper.architecture, &context.experiment.input())
                .map(|count| count.total()),
            params,
            hyper,
            selected,
            val_loss: selected.map(|point| point.val_loss).or(own_value),
            val_auc: selected.and_then(|point| point.val_auc),
            flags: attributes
                .get("flags")
                .and_then(|flags| serde_json::from_value(flags.clone()).ok())
                .unwrap_or_default(),
            samples_per_second: attributes.get("samples_per_second").and_then(Json::as_f64),
            interval: val.as_ref().and_then(|set| interval(objective, block, set)),
            beats_prior: beats_prior(&references, best.value),
            references,
            val,
            curve,
        }))
    }

    /// Writes the best file.
    pub(super) fn write(
        &self,
        context: &Context,
        search: &Search<'_>,
        trials: &[Trial],
    ) -> Result<(), RunError> {
        require_claimed(&context.folder())?;
        let (data, hpo) = (search.data, search.hpo);
        let by_state: Map<String, Json> = counts(trials)
            .iter()
            .map(|(state, count)| (state.name().to_owned(), json!(count)))
            .collect();
        let text = serde_json::to_vec_pretty(&json!({
            "experiment": context.experiment.name(),
            "run_id": context.run_id,
            "budget": context.experiment.budget,
            "best_params": self.params,
            "architecture": self.hyper.architecture,
            "param_count": self.param_count,
            "objective": context.experiment.training.objective,
            "best_value": self.value,
            "best_value_interval": self.interval,
            "val_loss": self.val_loss,
            "collapsed": self.collapsed,
            "best_trial": self.number,
            "trials": by_state,
            "search_space": hpo.space,
            "data_md5": data.md5,
            "spec_hash": context.hash,
            "overridden": context.overridden,
            "overrides": context.options.overrides(),
            "ended": ended(trials),
            "declared": context.declared_trials,
            "prior_entropy": entropy(data.val.positives() as f64 / data.val.len().max(1) as f64),
            "beats_prior": self.beats_prior,
            "references": self.references,
        }))
        .map_err(RunError::failed)?;
        write(&search.best_file, &text)
    }
}

/// Whether a search that has its trials is also written down: its best file is whole, and the row of the run that wrote it is in the
/// log. Otherwise that run was cut off between the last trial and these, and they are written now.
pub(super) fn is_settled(
    context: &Context,
    best_file: &Path,
    ended: usize,
) -> Result<bool, RunError> {
    let rows =
        log::read(&context.workspace.root().join(xp_report::LOG)).map_err(RunError::failed)?;
    let best: Option<serde_json::Value> = std::fs::read(best_file)
        .ok()
        .and_then(|text| serde_json::from_slice(&text).ok());
    Ok(best.is_some_and(|best| {
        let writer = best.get("run_id").and_then(serde_json::Value::as_str);
        best.get("spec_hash") == Some(&json!(context.hash))
            && best.get("ended") == Some(&json!(ended))
            && rows.iter().any(|row| {
                Some(row.run_id.as_str()) == writer
                    && matches!(row.status, log::Status::Success | log::Status::Incomplete)
            })
    }))
}

/// 95 % interval of a trial's objective by moving-block bootstrap: of that trial's predictions, not of having chosen it among many.
fn interval(objective: Objective, block: usize, set: &Predictions) -> Option<(f64, f64)> {
    let blocks = Blocks::new(set.labels.len(), block, REPLICATES);
    let measured = evaluate(&set.probabilities, &set.labels, &blocks, None);
    let of = |wanted: &Metric| {
        measured
            .iter()
            .find(|measured| *measured.metric == *wanted)?
            .interval
    };
    match objective {
        Objective::LogLoss => of(&log_loss::METRIC),
        Objective::Auc => of(&roc_auc::METRIC).map(|(low, high)| (1.0 - high, 1.0 - low)),
    }
}
