//! A model as its training starts. It trains nothing.

use xp_spec::architecture::InputShape;

use super::{config::FitConfig, error::TrainError, fit::check_region, windows::TrainingData};
use crate::model::PatchTst;

/// The model of a training, initialised from its seed, with a head that says the class prior of train of every sample: so the first steps
/// go into what tells samples apart, not into the level of the logits.
pub fn start(
    config: &FitConfig,
    input: InputShape,
    data: &TrainingData<'_>,
) -> Result<PatchTst, TrainError> {
    let train = data.train;
    check_region("train", train, data.windows)?;
    let shape = config.hyper.architecture;
    let model = PatchTst::new(shape, input, config.seed, data.windows.device())?
        .ok_or_else(|| TrainError::Data("no patch fits the context".to_owned()))?;
    let (positives, negatives) = (train.positives(), train.len() - train.positives());
    let loss = config.training.loss;
    model.set_head(loss.prior_logit(positives, negatives, train.pos_weight()))?;
    Ok(model)
}
