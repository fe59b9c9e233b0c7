//! The training loop: best epoch by the validation objective, early stopping, divergence as its own end, checkpoints between batches.
//! Every number reported comes from the weights of the selected epoch (F34).

use std::time::Instant;

use serde::{Deserialize, Serialize};
use xp_report::metrics::{log_loss, roc_auc};
use xp_spec::{
    execution::{Execution, check_accumulation},
    hyper::Hyperparameters,
    training::Training,
};

use super::{
    by_hand::Learning,
    checkpoint::{BestWeights, Progress, Store},
    error::TrainError,
    hooks::{Flow, Hooks},
    layerwise::Layerwise,
    learner::{Batch, Learner},
    monitor::{self, COLLAPSE_EPOCH, Flag},
    predict::predict_unless_stopped,
    report::{Ended, EpochReport, Fitted, Predictions},
    throughput::Throughput,
    whole::Whole,
    windows::{Region, Windows},
};
use crate::{model::PatchTst, rng::Stream};

/// What one training needs beside data and model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FitConfig {
    /// Learning rate, weight decay, dropout, …
    pub hyper: Hyperparameters,
    /// Loss and stopping.
    pub training: Training,
    /// Seed of initialisation, order and dropout.
    pub seed: u64,
    /// Optimizer steps at most, for trying things out.
    pub max_steps: Option<u64>,
    /// How steps are computed.
    pub execution: Execution,
}

/// Trains a model on `train` and selects its best epoch on `val`. Goes on from the hooks' checkpoint where there is one: to the same
/// numbers, bit for bit, with as many threads on a CPU.
pub fn fit(
    model: PatchTst,
    windows: &Windows,
    train: &Region,
    val: &Region,
    config: &FitConfig,
    hooks: &mut dyn Hooks,
) -> Result<Fitted, TrainError> {
    for (name, region) in [("train", train), ("val", val)] {
        check_region(name, region, windows)?;
    }
    check_accumulation(config.execution, config.training.accumulation).map_err(TrainError::Data)?;
    let decay = config.hyper.weight_decay;
    let model = model.with_precision(config.training.precision);
    let learner: Box<dyn Learner> = match config.execution {
        Execution::ByHand => Box::new(Learning::new(model, decay)?),
        Execution::Whole => Box::new(Whole::new(model, decay)?),
        Execution::Layerwise(moments) => Box::new(Layerwise::new(model, decay, moments)?),
    };
    let samples = [train.len() as u64, val.len() as u64];
    let store = hooks
        .checkpoint()
        .map(|checkpoint| Store::new(checkpoint, config, samples));
    let mut training = Running {
        learner,
        windows,
        train,
        val,
        config,
        store,
        best: None,
        progress: Progress::default(),
        throughput: Throughput::default(),
        started: Instant::now(),
        earlier: 0.0,
    };
    training.resume(hooks)?;
    let ended = training.run(hooks)?;
    training.end(ended)
}

fn check_region(name: &str, region: &Region, windows: &Windows) -> Result<(), TrainError> {
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

/// A training while it runs.
struct Running<'a> {
    learner: Box<dyn Learner>,
    windows: &'a Windows,
    train: &'a Region,
    val: &'a Region,
    config: &'a FitConfig,
    store: Option<Store>,
    best: Option<BestWeights>,
    progress: Progress,
    throughput: Throughput,
    /// When this start began, and the seconds of those before it.
    started: Instant,
    earlier: f64,
}

impl Running<'_> {
    fn resume(&mut self, hooks: &mut dyn Hooks) -> Result<(), TrainError> {
        let Some(store) = &mut self.store else {
            return Ok(());
        };
        let found = store.load(self.learner.as_mut(), &mut |text| hooks.warn(text))?;
        if let Some((progress, best)) = found {
            hooks.resumed(&progress.curve, progress.batch);
            self.earlier = progress.seconds;
            self.progress = progress;
            self.best = best;
        }
        Ok(())
    }

    fn run(&mut self, hooks: &mut dyn Hooks) -> Result<Ended, TrainError> {
        while self.progress.epoch < self.config.hyper.epochs {
            if self.out_of_patience() {
                return Ok(Ended::EarlyStopped);
            }
            if let Some(ended) = self.epoch(hooks)? {
                return Ok(ended);
            }
            if self.progress.seen == 0 {
                break;
            }
            let judged = match self.judge(hooks)? {
                Ok(judged) => judged,
                Err(reason) => {
                    self.save(hooks);
                    return Ok(Ended::Stopped(reason));
                }
            };
            let Some(report) = judged else {
                self.note(Flag::NonFinite);
                hooks.warn(&format!(
                    "epoch {}: its predictions on validation are no numbers",
                    self.progress.epoch + 1
                ));
                return Ok(Ended::Diverged);
            };
            self.select(&report)?;
            self.progress.curve.push(report.clone());
            self.next_epoch();
            self.watch(&report, hooks);
            match hooks.after_epoch(&report) {
                Flow::Go => self.save(hooks),
                Flow::Stop(reason) => return Ok(Ended::Stopped(reason)),
                Flow::Enough => return Ok(Ended::EarlyStopped),
            }
        }
        if self.out_of_patience() {
            return Ok(Ended::EarlyStopped);
        }
        Ok(Ended::Finished)
    }

    /// The batches of an epoch that are left; `Some` where the training ends in it.
    fn epoch(&mut self, hooks: &mut dyn Hooks) -> Result<Option<Ended>, TrainError> {
        let config = self.config;
        let hyper = &config.hyper;
        let epoch = self.progress.epoch;
        let order = Stream::new(config.seed, &[2, u64::from(epoch)]).permutation(self.train.len());
        let batch_size = (hyper.batch_size as usize).min(self.train.len());
        let batches = self.train.len().div_ceil(batch_size);
        let total_steps = u64::from(hyper.epochs) * batches as u64;
        let pos_weight =
            (self.train.len() - self.train.positives()) as f64 / self.train.positives() as f64;
        let done = self.progress.batch as usize;
        for (place, members) in order.chunks(batch_size).enumerate().skip(done) {
            if config
                .max_steps
                .is_some_and(|most| self.progress.step >= most)
            {
                break;
            }
            if let Flow::Stop(reason) = hooks.before_batch(epoch + 1, place as u32, batches as u32)
            {
                self.save(hooks);
                return Ok(Some(Ended::Stopped(reason)));
            }
            let started = Instant::now();
            let rate = config.training.schedule.learning_rate(
                hyper.learning_rate,
                self.progress.step,
                u64::from(hyper.warmup_steps),
                total_steps,
            );
            let batch = Batch {
                windows: self.windows,
                train: self.train,
                members,
                config,
                place: (u64::from(epoch), place as u64),
                pos_weight,
            };
            let stepped = self.learner.step(&batch, rate)?;
            if let Some(divergence) = stepped.diverged(&batch) {
                self.note(divergence.flag());
                hooks.warn(&format!(
                    "epoch {}: diverged at batch {}: its loss is {:.3}, its gradient's norm {:.3}",
                    epoch + 1,
                    place + 1,
                    stepped.loss,
                    stepped.norm
                ));
                return Ok(Some(Ended::Diverged));
            }
            let seconds = started.elapsed().as_secs_f64();
            let progress = &mut self.progress;
            progress.loss_sum += stepped.loss * members.len() as f64;
            progress.seen += members.len() as u64;
            progress.rate = rate;
            progress.step += 1;
            progress.batch += 1;
            progress.epoch_seconds += seconds;
            if let Some(warning) = self.throughput.add(members.len(), seconds) {
                self.note(Flag::Slow);
                hooks.warn(&warning);
            }
            if self.store.as_ref().is_some_and(Store::due) {
                self.save(hooks);
            }
        }
        Ok(None)
    }

    /// The finished epoch's numbers, `None` where its predictions are no numbers; or the reason of a stop.
    fn judge(
        &self,
        hooks: &mut dyn Hooks,
    ) -> Result<Result<Option<EpochReport>, &'static str>, TrainError> {
        let ask = || hooks.while_judging();
        let model = self.learner.model();
        Ok(predict_unless_stopped(model, self.windows, self.val, ask)?
            .map(|predictions| self.report(&predictions)))
    }

    fn report(&self, predictions: &Predictions) -> Option<EpochReport> {
        let probabilities = predictions.probabilities.values();
        let val_loss = log_loss(probabilities, &predictions.labels);
        if !val_loss.is_finite() {
            return None;
        }
        let val_auc = roc_auc(probabilities, &predictions.labels);
        // Both classes are there: only probabilities that are no numbers have no AUC.
        let objective = self.config.training.objective.value(val_loss, val_auc)?;
        let progress = &self.progress;
        Some(EpochReport {
            epoch: progress.epoch + 1,
            train_loss: progress.loss_sum / progress.seen as f64,
            val_loss,
            val_auc,
            objective,
            learning_rate: progress.rate,
            samples_per_second: progress.seen as f64 / progress.epoch_seconds.max(1e-9),
            spread: spread(probabilities),
        })
    }

    fn select(&mut self, report: &EpochReport) -> Result<(), TrainError> {
        let here = (report.objective, report.epoch);
        let progress = &mut self.progress;
        if progress.best.is_none_or(|(least, _)| here.0 < least) {
            progress.best = Some(here);
            let model = self.learner.model();
            self.best = Some(match &self.store {
                Some(store) if self.learner.best_on_disk() => {
                    store.put_best(model, report.epoch)?
                }
                _ => BestWeights::Memory(model.weights()?),
            });
        }
        let enough = self.config.training.min_delta;
        if progress
            .improved
            .is_none_or(|(least, _)| here.0 < least - enough)
        {
            progress.improved = Some(here);
        }
        Ok(())
    }

    fn next_epoch(&mut self) {
        let progress = &mut self.progress;
        progress.epoch += 1;
        progress.batch = 0;
        (progress.loss_sum, progress.seen, progress.epoch_seconds) = (0.0, 0, 0.0);
    }

    fn out_of_patience(&self) -> bool {
        self.progress
            .improved
            .is_some_and(|(_, at)| self.progress.epoch - at >= self.config.training.patience)
    }

    /// What the monitors say of an epoch.
    fn watch(&mut self, report: &EpochReport, hooks: &mut dyn Hooks) {
        if monitor::collapsed(report.epoch, false, report.spread) && self.note(Flag::Collapsed) {
            hooks.warn(&format!(
                "epoch {}: collapsed: it predicts the class prior (its probabilities vary by {:.4}, less than {})",
                report.epoch,
                report.spread,
                monitor::COLLAPSED
            ));
        }
        let objectives: Vec<f64> = self
            .progress
            .curve
            .iter()
            .map(|report| report.objective)
            .collect();
        if monitor::plateau(&objectives) && self.note(Flag::Plateau) {
            hooks.warn(&format!(
                "epoch {}: plateau: no gain of {} % in the last {} epochs",
                report.epoch,
                100.0 * monitor::PLATEAU_GAIN,
                monitor::PLATEAU_EPOCHS
            ));
        }
        if let Some(warning) = self.throughput.close() {
            self.note(Flag::Slow);
            hooks.warn(&warning);
        }
    }

    /// Remembers what a monitor found; whether it is new.
    fn note(&mut self, flag: Flag) -> bool {
        let new = !self.progress.flags.contains(&flag);
        if new {
            self.progress.flags.push(flag);
        }
        new
    }

    /// Keeps the state; where it cannot be written, the training goes on and the earlier checkpoint is whole (F25).
    fn save(&mut self, hooks: &mut dyn Hooks) {
        self.progress.seconds = self.earlier + self.started.elapsed().as_secs_f64();
        let Some(store) = &mut self.store else {
            return;
        };
        let saved = store.save(&self.progress, self.learner.as_ref(), self.best.as_ref());
        if let Err(cause) = saved
            && self.note(Flag::NoCheckpoint)
        {
            hooks.warn(&format!(
                "the checkpoint could not be written: {cause}; the training goes on, and what was kept before is whole"
            ));
        }
    }

    /// Restores the selected weights.
    fn end(mut self, ended: Ended) -> Result<Fitted, TrainError> {
        let progress = self.progress;
        let whole = matches!(ended, Ended::EarlyStopped | Ended::Finished);
        // Of a training that goes on later, or has none, nobody asks for the best weights: gigabytes of a large model.
        if let Some(weights) = self.best.take().filter(|_| whole) {
            weights.restore(self.learner.model())?;
        }
        let best_epoch = progress.best.map(|(_, epoch)| epoch);
        let selected = progress
            .curve
            .iter()
            .find(|report| Some(report.epoch) == best_epoch);
        let judged = progress.curve.len() as u32 >= COLLAPSE_EPOCH || whole;
        let collapsed =
            selected.is_some_and(|report| monitor::collapsed(report.epoch, judged, report.spread));
        // What collapsed and recovered is not collapsed.
        let mut flags = progress.flags;
        flags.retain(|flag| *flag != Flag::Collapsed);
        if collapsed {
            flags.push(Flag::Collapsed);
        }
        Ok(Fitted {
            model: self.learner.into_model(),
            best_epoch,
            seconds: self.earlier + self.started.elapsed().as_secs_f64(),
            curve: progress.curve,
            ended,
            collapsed,
            flags,
        })
    }
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
