//! The loop of one training: batches, validation, selection, early stopping, checkpoints between batches. Its state is [`Progress`].

use std::time::Instant;

use xp_clock::Clock;
use xp_metrics::{log_loss, roc_auc};

use super::{
    batch::Batch,
    checkpoint::{BestWeights, Progress, Store},
    config::FitConfig,
    error::TrainError,
    flow::Flow,
    hooks::Hooks,
    learner::Learner,
    monitor::{self, COLLAPSE_EPOCH, Flag},
    predict::predict_unless_stopped,
    report::{EpochReport, Fitted, Outcome, Predictions},
    throughput::Throughput,
    windows::TrainingData,
};
use crate::rng::Stream;

/// A training while it runs.
pub(super) struct Running<'a> {
    learner: Box<dyn Learner>,
    data: &'a TrainingData<'a>,
    config: &'a FitConfig,
    clock: &'a Clock,
    store: Option<Store>,
    best: Option<BestWeights>,
    progress: Progress,
    throughput: Throughput,
    /// When this start began.
    started: Instant,
    /// Seconds of the starts before it.
    earlier_seconds: f64,
}

impl<'a> Running<'a> {
    pub(super) fn new(
        learner: Box<dyn Learner>,
        data: &'a TrainingData<'a>,
        config: &'a FitConfig,
        clock: &'a Clock,
        store: Option<Store>,
    ) -> Self {
        Self {
            learner,
            data,
            config,
            clock,
            store,
            best: None,
            progress: Progress::default(),
            throughput: Throughput::default(),
            started: clock.now(),
            earlier_seconds: 0.0,
        }
    }

    /// Goes back to the checkpoint, where there is one.
    pub(super) fn resume(&mut self, hooks: &mut dyn Hooks) -> Result<(), TrainError> {
        let Some(store) = &mut self.store else {
            return Ok(());
        };
        let found = store.load(self.learner.as_mut(), &mut |text| hooks.warn(text))?;
        if let Some((progress, best)) = found {
            hooks.resumed(&progress.curve, progress.batch);
            self.earlier_seconds = progress.seconds;
            self.progress = progress;
            self.best = best;
        }
        Ok(())
    }

    /// Trains to the end, or until a hook stops it.
    pub(super) fn run(&mut self, hooks: &mut dyn Hooks) -> Result<Outcome, TrainError> {
        while self.progress.epoch < self.config.hyper.epochs {
            if self.out_of_patience() {
                return Ok(Outcome::EarlyStopped);
            }
            if let Some(outcome) = self.epoch(hooks)? {
                return Ok(outcome);
            }
            if self.progress.seen == 0 {
                break;
            }
            let validated = match self.validate(hooks)? {
                Ok(validated) => validated,
                Err(reason) => {
                    self.save(hooks);
                    return Ok(Outcome::Stopped(reason));
                }
            };
            let Some(report) = validated else {
                self.note(Flag::NonFinite);
                hooks.warn(&format!(
                    "epoch {}: its predictions on validation are not finite",
                    self.progress.epoch + 1
                ));
                return Ok(Outcome::Diverged);
            };
            self.select(&report)?;
            self.progress.curve.push(report.clone());
            self.next_epoch();
            self.monitor(&report, hooks);
            match hooks.after_epoch(&report) {
                Flow::Continue => self.save(hooks),
                Flow::Stop(reason) => return Ok(Outcome::Stopped(reason)),
                Flow::StopEarly => return Ok(Outcome::EarlyStopped),
            }
        }
        if self.out_of_patience() {
            return Ok(Outcome::EarlyStopped);
        }
        Ok(Outcome::Finished)
    }

    /// The batches of an epoch that are left; `Some` where the training ends in it.
    fn epoch(&mut self, hooks: &mut dyn Hooks) -> Result<Option<Outcome>, TrainError> {
        let config = self.config;
        let hyper = &config.hyper;
        let epoch = self.progress.epoch;
        let order =
            Stream::new(config.seed, &[2, u64::from(epoch)]).permutation(self.data.train.len());
        let batch_size = (hyper.batch_size as usize).min(self.data.train.len());
        let batches = self.data.train.len().div_ceil(batch_size);
        let total_steps = u64::from(hyper.epochs) * batches as u64;
        let pos_weight = (self.data.train.len() - self.data.train.positives()) as f64
            / self.data.train.positives() as f64;
        let done = self.progress.batch as usize;
        for (position, members) in order.chunks(batch_size).enumerate().skip(done) {
            if config
                .max_steps
                .is_some_and(|most| self.progress.step >= most)
            {
                break;
            }
            if let Flow::Stop(reason) =
                hooks.before_batch(epoch + 1, position as u32, batches as u32)
            {
                self.save(hooks);
                return Ok(Some(Outcome::Stopped(reason)));
            }
            let started = self.clock.now();
            let rate = config.training.schedule.learning_rate(
                hyper.learning_rate,
                self.progress.step,
                u64::from(hyper.warmup_steps),
                total_steps,
            );
            let batch = Batch {
                windows: self.data.windows,
                train: self.data.train,
                members,
                config,
                position: (u64::from(epoch), position as u64),
                pos_weight,
            };
            let stepped = self.learner.step(&batch, rate)?;
            if let Some(divergence) = stepped.diverged(&batch) {
                self.note(divergence.flag());
                hooks.warn(&format!(
                    "epoch {}: diverged at batch {}: its loss is {:.3}, its gradient's norm {:.3}",
                    epoch + 1,
                    position + 1,
                    stepped.loss,
                    stepped.norm
                ));
                return Ok(Some(Outcome::Diverged));
            }
            let seconds = self.clock.since(started).as_secs_f64();
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
    fn validate(
        &self,
        hooks: &mut dyn Hooks,
    ) -> Result<Result<Option<EpochReport>, &'static str>, TrainError> {
        let decide = || hooks.during_validation();
        let model = self.learner.model();
        Ok(
            predict_unless_stopped(model, self.data.windows, self.data.val, decide)?
                .map(|predictions| self.report(&predictions)),
        )
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
                Some(store) if self.learner.keeps_best_on_disk() => {
                    store.write_best(model, report.epoch)?
                }
                _ => BestWeights::Memory(model.weights()?),
            });
        }
        let min_delta = self.config.training.min_delta;
        if progress
            .improved
            .is_none_or(|(least, _)| here.0 < least - min_delta)
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

    /// Warns of what the monitors find in an epoch.
    fn monitor(&mut self, report: &EpochReport, hooks: &mut dyn Hooks) {
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
        self.progress.seconds = self.earlier_seconds + self.clock.since(self.started).as_secs_f64();
        let Some(store) = &mut self.store else {
            return;
        };
        let saved = store.save(&self.progress, self.learner.as_ref(), self.best.as_ref());
        if let Err(cause) = saved
            && self.note(Flag::NoCheckpoint)
        {
            hooks.warn(&format!(
                "the checkpoint could not be written: {cause}; the training continues, and the earlier checkpoint is intact"
            ));
        }
    }

    /// Restores the selected weights.
    pub(super) fn end(mut self, outcome: Outcome) -> Result<Fitted, TrainError> {
        let progress = self.progress;
        let completed = matches!(outcome, Outcome::EarlyStopped | Outcome::Finished);
        // Of a training that goes on later, or has none, nobody asks for the best weights: gigabytes of a large model.
        if let Some(weights) = self.best.take().filter(|_| completed) {
            weights.restore(self.learner.model())?;
        }
        let best_epoch = progress.best.map(|(_, epoch)| epoch);
        let selected = progress
            .curve
            .iter()
            .find(|report| Some(report.epoch) == best_epoch);
        let judged = progress.curve.len() as u32 >= COLLAPSE_EPOCH || completed;
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
            seconds: self.earlier_seconds + self.clock.since(self.started).as_secs_f64(),
            curve: progress.curve,
            outcome,
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
