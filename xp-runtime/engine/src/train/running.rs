//! The loop of one training: steps, evaluation, selection, early stopping, checkpoints between steps. Its state is [`Progress`].

use std::time::Instant;

use xp_clock::Clock;
use xp_metrics::{log_loss, roc_auc};
use xp_spec::plan::Plan;

use super::{
    batch::Batch,
    checkpoint::{BestWeights, Progress, Store},
    config::FitConfig,
    error::TrainError,
    flow::Flow,
    hooks::Hooks,
    learner::Learner,
    monitor::{self, COLLAPSE_EVALUATIONS, Flag},
    order::Order,
    predict::{batches, predict_unless_stopped},
    report::{Evaluation, Fitted, Outcome, Predictions},
    throughput::Throughput,
    windows::TrainingData,
};

/// A training while it runs.
pub(super) struct Running<'a> {
    learner: Box<dyn Learner>,
    data: &'a TrainingData<'a>,
    config: &'a FitConfig,
    clock: &'a Clock,
    store: Option<Store>,
    best: Option<BestWeights>,
    plan: Plan,
    order: Order,
    /// Negatives / positives of train.
    pos_weight: f64,
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
            plan: config.plan(data.train.len() as u64),
            order: Order::default(),
            pos_weight: data.train.pos_weight(),
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
            hooks.resumed(&progress.curve, progress.step);
            self.earlier_seconds = progress.seconds;
            self.progress = progress;
            self.best = best;
        }
        Ok(())
    }

    /// Trains to the end, or until a hook stops it.
    pub(super) fn run(&mut self, hooks: &mut dyn Hooks) -> Result<Outcome, TrainError> {
        while !self.is_finished() {
            if self.out_of_patience() {
                return Ok(Outcome::EarlyStopped);
            }
            if let Some(outcome) = self.steps(hooks)? {
                return Ok(outcome);
            }
            let validated = match self.validate(hooks)? {
                Ok(validated) => validated,
                Err(reason) => {
                    self.save(hooks);
                    return Ok(Outcome::Stopped(reason));
                }
            };
            let Some(evaluation) = validated else {
                self.note(Flag::NonFinite);
                hooks.warn(&format!(
                    "{}: its predictions on validation are not finite",
                    self.place(self.progress.step)
                ));
                return Ok(Outcome::Diverged);
            };
            self.progress.curve.push(evaluation.clone());
            self.select(&evaluation)?;
            self.begin_interval();
            self.monitor(&evaluation, hooks);
            match hooks.after_evaluation(&evaluation) {
                Flow::Continue => self.save_if_due(hooks),
                Flow::Stop(reason) => return Ok(Outcome::Stopped(reason)),
                Flow::StopEarly => return Ok(Outcome::EarlyStopped),
            }
        }
        if self.out_of_patience() {
            return Ok(Outcome::EarlyStopped);
        }
        Ok(Outcome::Finished)
    }

    /// Whether all steps are made and evaluated.
    fn is_finished(&self) -> bool {
        self.progress.evaluations() >= self.plan.evaluations()
    }

    /// The steps that are left until the next evaluation; `Some` where the training ends in them.
    fn steps(&mut self, hooks: &mut dyn Hooks) -> Result<Option<Outcome>, TrainError> {
        let until = self.plan.evaluation(self.progress.evaluations() + 1);
        while self.progress.step < until {
            let step = self.progress.step;
            if let Flow::Stop(reason) = hooks.before_step(step, self.plan.epochs(step)) {
                self.save(hooks);
                return Ok(Some(Outcome::Stopped(reason)));
            }
            if self.step(hooks)? {
                return Ok(Some(Outcome::Diverged));
            }
            if self.store.as_ref().is_some_and(Store::due) {
                self.save(hooks);
            }
        }
        Ok(None)
    }

    /// One optimizer step; whether the training is lost in it.
    fn step(&mut self, hooks: &mut dyn Hooks) -> Result<bool, TrainError> {
        let (config, train) = (self.config, self.data.train);
        let step = self.progress.step;
        let (epoch, place) = self.plan.position(step);
        let started = self.clock.now();
        let rate = config.training.schedule.learning_rate(
            config.hyper.learning_rate,
            step.into(),
            config.hyper.warmup_steps().into(),
            config.hyper.steps.into(),
        );
        let batch = Batch {
            windows: self.data.windows,
            train,
            members: self.order.batch(&self.plan, step, config.seed, train.len()),
            config,
            position: (epoch.into(), place.into()),
            pos_weight: self.pos_weight,
        };
        let stepped = self.learner.step(&batch, rate)?;
        let samples = batch.members.len();
        let divergence = stepped.diverged(&batch);
        if let Some(divergence) = divergence {
            self.note(divergence.flag());
            hooks.warn(&format!(
                "{}: diverged: its loss is {:.3}, its gradient's norm {:.3}",
                self.place(step + 1),
                stepped.loss,
                stepped.norm
            ));
            return Ok(true);
        }
        let seconds = self.clock.since(started).as_secs_f64();
        let progress = &mut self.progress;
        progress.loss_sum += stepped.loss * samples as f64;
        progress.seen += samples as u64;
        progress.rate = rate;
        progress.step += 1;
        progress.step_seconds += seconds;
        if let Some(warning) = self.throughput.add(samples, seconds) {
            self.note(Flag::Slow);
            hooks.warn(&warning);
        }
        Ok(false)
    }

    /// A step for people, with its epoch.
    fn place(&self, step: u32) -> String {
        format!("step {step} (epoch {:.2})", self.plan.epochs(step))
    }

    /// The evaluation's numbers, `None` where its predictions are no numbers; or the reason of a stop.
    fn validate(
        &mut self,
        hooks: &mut dyn Hooks,
    ) -> Result<Result<Option<Evaluation>, &'static str>, TrainError> {
        let decide = || hooks.during_validation();
        let (windows, val) = (self.data.windows, self.data.val);
        let batches = batches(self.learner.model(), val);
        let predicted = predict_unless_stopped(
            batches,
            val,
            |rows| self.learner.logits(windows, rows),
            decide,
        )?;
        Ok(predicted.map(|predictions| self.evaluation(&predictions)))
    }

    fn evaluation(&self, predictions: &Predictions) -> Option<Evaluation> {
        let probabilities = predictions.probabilities.values();
        let val_loss = log_loss(probabilities, &predictions.labels);
        if !val_loss.is_finite() {
            return None;
        }
        let val_auc = roc_auc(probabilities, &predictions.labels);
        // Both classes are there: only probabilities that are no numbers have no AUC.
        let objective = self.config.training.objective.value(val_loss, val_auc)?;
        let progress = &self.progress;
        Some(Evaluation {
            step: progress.step,
            epoch: self.plan.epochs(progress.step),
            train_loss: progress.loss_sum / progress.seen as f64,
            val_loss,
            val_auc,
            objective,
            learning_rate: progress.rate,
            samples_per_second: progress.seen as f64 / progress.step_seconds.max(1e-9),
            spread: spread(probabilities),
        })
    }

    fn select(&mut self, evaluation: &Evaluation) -> Result<(), TrainError> {
        let (objective, step) = (evaluation.objective, evaluation.step);
        let progress = &mut self.progress;
        if progress.best.is_none_or(|(least, _)| objective < least) {
            progress.best = Some((objective, step));
            let model = self.learner.model();
            self.best = Some(match &self.store {
                Some(store) if self.learner.keeps_best_on_disk() => {
                    store.write_best(model, step)?
                }
                _ => BestWeights::Memory(model.weights()?),
            });
        }
        let min_delta = self.config.training.min_delta;
        if progress
            .improved
            .is_none_or(|(least, _)| objective < least - min_delta)
        {
            progress.improved = Some((objective, progress.evaluations()));
        }
        Ok(())
    }

    fn begin_interval(&mut self) {
        let progress = &mut self.progress;
        (progress.loss_sum, progress.seen, progress.step_seconds) = (0.0, 0, 0.0);
    }

    fn out_of_patience(&self) -> bool {
        let made = self.progress.evaluations();
        self.progress
            .improved
            .is_some_and(|(_, number)| made - number >= self.config.training.patience)
    }

    /// Evaluations after the warm-up up to this step.
    fn after_warmup(&self, step: u32) -> u32 {
        let warmup = self.config.hyper.warmup_steps();
        let steps = self.progress.curve.iter().map(|evaluation| evaluation.step);
        steps.filter(|at| *at > warmup && *at <= step).count() as u32
    }

    /// Warns of what the monitors find in an evaluation.
    fn monitor(&mut self, evaluation: &Evaluation, hooks: &mut dyn Hooks) {
        let place = self.place(evaluation.step);
        let after_warmup = self.after_warmup(evaluation.step);
        if monitor::collapsed(after_warmup, false, evaluation.spread) && self.note(Flag::Collapsed)
        {
            hooks.warn(&format!(
                "{place}: collapsed: it predicts the class prior (its probabilities vary by {:.4}, less than {})",
                evaluation.spread,
                monitor::COLLAPSED
            ));
        }
        let curve = self.progress.curve.iter();
        let objectives: Vec<f64> = curve.map(|evaluation| evaluation.objective).collect();
        if monitor::plateau(&objectives) && self.note(Flag::Plateau) {
            hooks.warn(&format!(
                "{place}: plateau: no gain of {} % in the last {} evaluations",
                100.0 * monitor::PLATEAU_GAIN,
                monitor::PLATEAU_EVALUATIONS
            ));
        }
        if let Some(warning) = self.throughput.close() {
            self.note(Flag::Slow);
            hooks.warn(&warning);
        }
    }

    /// Keeps an evaluation, unless the one kept last is too recent for what it costs; the last one always.
    fn save_if_due(&mut self, hooks: &mut dyn Hooks) {
        let due = self.store.as_ref().is_some_and(Store::due_at_evaluation);
        if due || self.is_finished() || self.out_of_patience() {
            self.save(hooks);
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
        let after_warmup = self.after_warmup(u32::MAX);
        let progress = self.progress;
        let completed = matches!(outcome, Outcome::EarlyStopped | Outcome::Finished);
        // Of a training that goes on later, or has none, nobody asks for the best weights: gigabytes of a large model.
        if let Some(weights) = self.best.take().filter(|_| completed) {
            weights.restore(self.learner.model())?;
        }
        let best_step = progress.best.map(|(_, step)| step);
        let mut curve = progress.curve.iter();
        let selected = curve.find(|evaluation| Some(evaluation.step) == best_step);
        let judged = after_warmup >= COLLAPSE_EVALUATIONS || completed;
        let collapsed = selected
            .is_some_and(|evaluation| monitor::collapsed(after_warmup, judged, evaluation.spread));
        // What collapsed and recovered is not collapsed.
        let mut flags = progress.flags;
        flags.retain(|flag| *flag != Flag::Collapsed);
        if collapsed {
            flags.push(Flag::Collapsed);
        }
        Ok(Fitted {
            model: self.learner.into_model(),
            best_step,
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
