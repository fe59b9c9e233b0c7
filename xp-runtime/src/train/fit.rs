//! The training loop: best epoch by the validation objective, early stopping, divergence as its own end. Every number reported comes
//! from the weights of the selected epoch (F34).

use std::time::Instant;

use tch::{TchError, Tensor, no_grad};
use xp_report::metrics::{log_loss, roc_auc};
use xp_spec::{
    hyper::Hyperparameters,
    training::{Loss, Training},
};

use super::{
    loss::training_loss,
    optimizer::{AdamW, clip},
    windows::{Region, Windows},
};
use crate::{
    model::{Dropout, PatchTst, Probabilities},
    rng::Stream,
};

/// Samples per forward pass without gradients.
const EVALUATION_BATCH: usize = 256;
/// Training loss above which a run counts as diverged; a useless model has ln 2.
const DIVERGED: f64 = 20.0;
/// Standard deviation of validation probabilities below which a model predicts the class prior (F29).
const COLLAPSED: f64 = 0.01;
/// Epochs after which collapse is judged.
const COLLAPSE_EPOCH: u32 = 5;

/// What one training needs beside data and model.
#[derive(Debug, Clone, PartialEq)]
pub struct FitConfig {
    /// Learning rate, weight decay, dropout, …
    pub hyper: Hyperparameters,
    /// Loss and stopping.
    pub training: Training,
    /// Seed of initialisation, order and dropout.
    pub seed: u64,
    /// Optimizer steps at most, for trying things out.
    pub max_steps: Option<u64>,
}

/// Whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    Go,
    /// Stop now, for this reason.
    Stop(&'static str),
}

/// What the caller sees of a running training.
pub trait Hooks {
    /// Before each batch: the place to pause for heat and to notice Ctrl-C.
    fn before_batch(&mut self, epoch: u32, batch: u32, batches: u32) -> Flow;
    /// After each epoch.
    fn after_epoch(&mut self, report: &EpochReport) -> Flow;
}

/// One epoch's numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct EpochReport {
    /// Epoch, from 1.
    pub epoch: u32,
    /// Mean training loss over batches, with dropout.
    pub train_loss: f64,
    /// Unweighted mean log-loss on validation.
    pub val_loss: f64,
    /// ROC-AUC on validation, absent for one class.
    pub val_auc: Option<f64>,
    /// The validation objective, which is minimised: it selects the epoch, stops early and is a search's value.
    pub objective: f64,
    /// Learning rate of the last step.
    pub learning_rate: f64,
    /// Training throughput.
    pub samples_per_second: f64,
    /// Standard deviation of validation probabilities.
    pub spread: f64,
}

/// Why a training ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// All epochs ran.
    Finished,
    /// The validation objective had stopped improving.
    EarlyStopped,
    /// A hook asked for it.
    Stopped(&'static str),
    /// The loss was not finite or exploded (F30).
    Diverged,
}

/// Predictions on a region, in the order of its samples.
#[derive(Debug, Clone, PartialEq)]
pub struct Predictions {
    /// Probabilities of the positive class.
    pub probabilities: Probabilities,
    /// Labels, 0 or 1.
    pub labels: Vec<f64>,
}

/// A trained model, with the weights of its best epoch.
#[derive(Debug)]
pub struct Fitted {
    /// The model.
    pub model: PatchTst,
    /// Best epoch, from 1; absent when no epoch finished.
    pub best_epoch: Option<u32>,
    /// Learning curve.
    pub curve: Vec<EpochReport>,
    /// Why it ended.
    pub ended: Ended,
    /// Whether it predicts the class prior.
    pub collapsed: bool,
}

/// A training that could not go on.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// libtorch ran out of memory.
    #[error(
        "libtorch ran out of memory; use a smaller batch_size or budget, or a machine with more memory"
    )]
    OutOfMemory,
    /// libtorch refused an operation.
    #[error("libtorch failed: {0}")]
    Torch(String),
    /// There is nothing to train on.
    #[error("{0}")]
    Data(String),
}

impl From<TchError> for TrainError {
    fn from(cause: TchError) -> Self {
        let text = cause.to_string();
        if text.contains("out of memory")
            || text.contains("can't allocate memory")
            || text.contains("not enough memory")
        {
            return Self::OutOfMemory;
        }
        Self::Torch(text.lines().next().unwrap_or_default().to_owned())
    }
}

/// Trains a model on `train` and selects its best epoch on `val`.
pub fn fit(
    model: PatchTst,
    windows: &Windows,
    train: &Region,
    val: &Region,
    config: &FitConfig,
    hooks: &mut dyn Hooks,
) -> Result<Fitted, TrainError> {
    for (name, region) in [("train", train), ("val", val)] {
        if region.is_empty() || region.positives() == 0 || region.positives() == region.len() {
            return Err(TrainError::Data(format!(
                "the {name} region has {} samples, {} of them positive: both classes are needed",
                region.len(),
                region.positives()
            )));
        }
    }
    let hyper = &config.hyper;
    let batch_size = (hyper.batch_size as usize).min(train.len());
    let batches = train.len().div_ceil(batch_size);
    let total_steps = u64::from(hyper.epochs) * batches as u64;
    let pos_weight = (train.len() - train.positives()) as f64 / train.positives() as f64;
    let mut optimizer = AdamW::new(&model, hyper.weight_decay)?;
    let mut best: Option<(f64, u32, Tensor)> = None;
    // The last epoch that was better by `min_delta`: patience counts from it, while any better epoch is selected.
    let mut improved: Option<(f64, u32)> = None;
    let mut curve: Vec<EpochReport> = Vec::new();
    let mut ended = Ended::Finished;
    let mut step = 0_u64;
    'epochs: for epoch in 0..hyper.epochs {
        let started = Instant::now();
        let order = Stream::new(config.seed, &[2, u64::from(epoch)]).permutation(train.len());
        let (mut loss_sum, mut rate, mut seen) = (0.0, 0.0, 0_usize);
        for (batch, members) in order.chunks(batch_size).enumerate() {
            if config.max_steps.is_some_and(|most| step >= most) {
                break;
            }
            if let Flow::Stop(reason) = hooks.before_batch(epoch + 1, batch as u32, batches as u32)
            {
                ended = Ended::Stopped(reason);
                break 'epochs;
            }
            rate = config.training.schedule.learning_rate(
                hyper.learning_rate,
                step,
                u64::from(hyper.warmup_steps),
                total_steps,
            );
            let place = (u64::from(epoch), batch as u64);
            let (value, mut gradients) =
                batch_gradients(&model, windows, train, members, config, place, pos_weight)?;
            let norm = clip(&mut gradients, hyper.clip_norm)?;
            if !value.is_finite() || !norm.is_finite() || value > DIVERGED {
                ended = Ended::Diverged;
                break 'epochs;
            }
            optimizer.step(&model, &gradients, rate)?;
            loss_sum += value * members.len() as f64;
            seen += members.len();
            step += 1;
        }
        if seen == 0 {
            break;
        }
        let samples_per_second = seen as f64 / started.elapsed().as_secs_f64().max(1e-9);
        let predictions = predict(&model, windows, val)?;
        let probabilities = predictions.probabilities.values();
        let val_loss = log_loss(probabilities, &predictions.labels);
        if !val_loss.is_finite() {
            ended = Ended::Diverged;
            break;
        }
        let val_auc = roc_auc(probabilities, &predictions.labels);
        let Some(objective) = config.training.objective.value(val_loss, val_auc) else {
            // Both classes are there (see above): only probabilities that are no numbers have no AUC.
            ended = Ended::Diverged;
            break;
        };
        let report = EpochReport {
            epoch: epoch + 1,
            train_loss: loss_sum / seen as f64,
            val_loss,
            val_auc,
            objective,
            learning_rate: rate,
            samples_per_second,
            spread: spread(probabilities),
        };
        let flow = hooks.after_epoch(&report);
        curve.push(report);
        if best.as_ref().is_none_or(|(least, ..)| objective < *least) {
            best = Some((objective, epoch + 1, model.weights()?));
        }
        if improved.is_none_or(|(least, _)| objective < least - config.training.min_delta) {
            improved = Some((objective, epoch + 1));
        }
        if let Flow::Stop(reason) = flow {
            ended = Ended::Stopped(reason);
            break;
        }
        if improved.is_some_and(|(_, at)| epoch + 1 - at >= config.training.patience) {
            ended = Ended::EarlyStopped;
            break;
        }
    }
    if let Some((_, _, weights)) = &best {
        no_grad(|| model.flat().shallow_clone().f_copy_(weights))?;
    }
    let best_epoch = best.map(|(_, epoch, _)| epoch);
    let selected = curve.iter().find(|report| Some(report.epoch) == best_epoch);
    let judged = curve.len() as u32 >= COLLAPSE_EPOCH || ended == Ended::EarlyStopped;
    let collapsed = judged && selected.is_some_and(|report| report.spread < COLLAPSED);
    Ok(Fitted {
        model,
        best_epoch,
        curve,
        ended,
        collapsed,
    })
}

/// Mean loss of a batch and its gradients, computed in as many parts as the batch is to be split into.
fn batch_gradients(
    model: &PatchTst,
    windows: &Windows,
    train: &Region,
    members: &[usize],
    config: &FitConfig,
    (epoch, batch): (u64, u64),
    pos_weight: f64,
) -> Result<(f64, Tensor), TchError> {
    let parts = u64::from(config.training.accumulation);
    let size = members
        .len()
        .div_ceil(config.training.accumulation as usize);
    let mut sum: Option<(f64, Tensor)> = None;
    for (part, members_of_part) in members.chunks(size.max(1)).enumerate() {
        let dropout = Dropout {
            encoder: config.hyper.dropout,
            head: config.hyper.head_dropout,
            seed: config.seed,
            epoch,
            // Each part has masks of its own.
            batch: batch * parts + part as u64,
        };
        let loss = batch_loss(
            model,
            windows,
            train,
            members_of_part,
            &dropout,
            config.training.loss,
            pos_weight,
        )?;
        if size == members.len() {
            return Ok((f64::try_from(&loss)?, model.gradients(&loss)?));
        }
        let share = members_of_part.len() as f64 / members.len() as f64;
        let loss = loss.f_mul_scalar(share)?;
        let (value, gradients) = (f64::try_from(&loss)?, model.gradients(&loss)?);
        sum = Some(match sum {
            Some((before, mut total)) => {
                let _ = total.f_add_(&gradients)?;
                (before + value, total)
            }
            None => (value, gradients),
        });
    }
    sum.ok_or_else(|| TchError::Torch("a batch has no samples".to_owned()))
}

fn batch_loss(
    model: &PatchTst,
    windows: &Windows,
    train: &Region,
    members: &[usize],
    dropout: &Dropout,
    loss: Loss,
    pos_weight: f64,
) -> Result<Tensor, TchError> {
    let rows: Vec<i64> = members
        .iter()
        .filter_map(|&sample| train.rows.get(sample).copied())
        .collect();
    let labels: Vec<f32> = members
        .iter()
        .filter_map(|&sample| train.labels.get(sample).copied())
        .collect();
    let labels = Tensor::f_from_slice(&labels)?.f_to_device(windows.device())?;
    let logits = model.forward(&windows.gather(&rows)?, Some(dropout))?;
    training_loss(loss, &logits, &labels, pos_weight)
}

/// Predictions of a model on a region, without dropout.
pub fn predict(
    model: &PatchTst,
    windows: &Windows,
    region: &Region,
) -> Result<Predictions, TrainError> {
    let mut logits = Vec::with_capacity(region.len());
    for rows in region.rows.chunks(EVALUATION_BATCH) {
        logits.extend(no_grad(|| {
            model.forward(&windows.gather(rows)?, None)?.values()
        })?);
    }
    Ok(Predictions {
        probabilities: Probabilities::from_logits(&logits),
        labels: region
            .labels
            .iter()
            .map(|label| f64::from(*label))
            .collect(),
    })
}

fn spread(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (values
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>()
        / (n - 1.0))
        .sqrt()
}
