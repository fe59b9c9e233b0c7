//! Trains a model: the best weights by the validation objective, early stopping, divergence as its own outcome. Every number reported comes
//! from the selected weights (F34).

use xp_clock::Clock;
use xp_spec::execution::{Execution, check_accumulation};

use super::{
    autograd::Autograd,
    checkpoint::Store,
    config::FitConfig,
    error::TrainError,
    fused::Fused,
    hooks::Hooks,
    layerwise::Layerwise,
    learner::Learner,
    report::Fitted,
    running::Running,
    windows::{Region, TrainingData, Windows},
};
use crate::model::PatchTst;

/// Trains a model on the train region and selects its best weights on validation. Resumes from the hooks' checkpoint where there is one: to
/// the same numbers, bit for bit, with as many threads on a CPU.
pub fn fit(
    model: PatchTst,
    data: &TrainingData<'_>,
    config: &FitConfig,
    clock: &Clock,
    hooks: &mut dyn Hooks,
) -> Result<Fitted, TrainError> {
    for (name, region) in [("train", data.train), ("val", data.val)] {
        check_region(name, region, data.windows)?;
    }
    let training = &config.training;
    check_accumulation(config.execution, training.loss, training.accumulation)
        .map_err(TrainError::Data)?;
    let samples = [data.train.len() as u64, data.val.len() as u64];
    let store = hooks
        .checkpoint()
        .map(|checkpoint| Store::new(checkpoint, config, samples, clock));
    let mut training = Running::new(learner(model, config)?, data, config, clock, store);
    training.resume(hooks)?;
    let outcome = training.run(hooks)?;
    training.end(outcome)
}

/// The one list of ways to compute a step.
fn learner(model: PatchTst, config: &FitConfig) -> Result<Box<dyn Learner>, TrainError> {
    let decay = config.hyper.weight_decay;
    let model = model.with_precision(config.training.precision);
    Ok(match config.execution {
        Execution::Fused => Box::new(Fused::new(model, decay)?),
        Execution::Whole => Box::new(Autograd::new(model, decay)?),
        Execution::Layerwise(moments) => Box::new(Layerwise::new(model, decay, moments)?),
    })
}

/// Whether there is a sample of each class, and the bars of each.
pub(super) fn check_region(
    name: &str,
    region: &Region,
    windows: &Windows,
) -> Result<(), TrainError> {
    if region.is_empty() || region.positives() == 0 || region.positives() == region.len() {
        return Err(TrainError::Data(format!(
            "the {name} region has {} samples, {} of them positive: both classes are needed",
            region.len(),
            region.positives()
        )));
    }
    if let Some(row) = region.rows.iter().find(|row| !windows.reaches(**row)) {
        return Err(TrainError::Data(format!(
            "the {name} region has a sample at row {row}, whose {} bars of context are not all in the data",
            windows.context()
        )));
    }
    Ok(())
}
