//! The loop of a search: gives each idle worker a trial, stores what workers report the moment they do, prunes, and ends
//! what exceeds a limit. It alone touches the study; workers come and go.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use xp_clock::Clock;
use xp_host::worker::{Event, Exit};
use xp_search::{Decision, Outcome, Study, StudyError, decide};
use xp_spec::{experiment::Hpo, hyper::Hyperparameters};

mod pace;
mod stop;

use super::{
    grace::grace,
    limits::{Death, Limits, Verdict, exceeded, hung, judge},
    outcome::{SearchOutcome, Stop},
    pool::{Busy, Pool, Slot, State},
    protocol::{Order, Task, TrialResult},
    receive::{Received, check_worker, receive},
    recorder::{self, EndedTrial},
    trial,
    trials::{Next, Trials},
};
use crate::{
    context::{Context, RunError},
    guard::ThermalGuard,
    journal::Journal,
    study::ended,
};

/// How long the loop waits for a worker before it looks at limits, heat and Ctrl-C.
const TICK: Duration = Duration::from_millis(50);
/// How often workers are measured.
const MEASURE: Duration = Duration::from_millis(500);
/// How often the study is told that its running trials are alive.
const HEARTBEAT: Duration = Duration::from_secs(30);
/// How long a worker that closed its output may take to end.
const PATIENCE: Duration = Duration::from_secs(1);
/// Times that a trial is taken over after somebody ended its worker.
const MAX_RESUMES: u32 = 2;
/// Workers that may die before they are ready.
const FALSE_STARTS: u32 = 3;

pub(super) struct Schedule<'a> {
    context: &'a Context,
    journal: &'a Journal<'a>,
    hpo: &'a Hpo,
    guard: &'a mut ThermalGuard,
    trials: Trials<'a>,
    pool: Pool,
    jobs: usize,
    /// Samples of train.
    samples: u64,
    limits: Limits,
    deadline: Instant,
    /// When it began, and how many trials had ended then.
    begun: (Instant, usize),
    stopping: Option<(Stop, Instant)>,
    /// Since when, and how long before that, heat made everybody wait.
    paused: (Option<Instant>, Duration),
    exhausted: Option<u64>,
    measured: Instant,
    /// How long the study had been waited for at the last turn of the loop.
    waited: Duration,
    heartbeat: Instant,
    /// How often the worker of a trial was ended by somebody else.
    lost: BTreeMap<u32, u32>,
    false_starts: u32,
}

impl<'a> Schedule<'a> {
    pub(super) fn new(
        context: &'a Context,
        journal: &'a Journal<'a>,
        hpo: &'a Hpo,
        guard: &'a mut ThermalGuard,
        study: &'a mut Study,
        (deadline, samples): (Instant, u64),
    ) -> Self {
        let jobs = context.workers.jobs;
        let now = context.clock.now();
        let ended_before = ended(study.trials().unwrap_or_default());
        Self {
            pool: Pool::new(context.workers.threads, &context.clock),
            limits: Limits::new(&context.options, jobs),
            context,
            journal,
            hpo,
            guard,
            trials: Trials::new(context, hpo, study),
            jobs,
            samples,
            deadline,
            begun: (now, ended_before),
            stopping: None,
            paused: (None, Duration::ZERO),
            exhausted: None,
            measured: now,
            waited: Duration::ZERO,
            heartbeat: now,
            lost: BTreeMap::new(),
            false_starts: 0,
        }
    }

    /// Runs until enough trials have ended or something stops it. On an error the workers end with the pool.
    pub(super) fn run(mut self) -> Result<SearchOutcome, RunError> {
        let result = self.turns();
        // It was asked to end while it waited for its study: its trials go on from checkpoints with the next start.
        if matches!(result, Err(RunError::Interrupted(_))) {
            self.leave_checkpoints();
        }
        result
    }

    fn turns(&mut self) -> Result<SearchOutcome, RunError> {
        loop {
            self.check_stops();
            if self.stopping.is_none() {
                self.fill()?;
            }
            if self.pool.busy().next().is_none()
                && let Some(end) = self.ended()?
            {
                return Ok(end);
            }
            match self.pool.next(TICK) {
                Some(Event::Line(id, line)) => self.received(id, &line)?,
                Some(Event::Exited(id)) => self.exited(id)?,
                None => {}
            }
            self.allow_for_waiting();
            self.enforce();
            if self.clock().since(self.heartbeat) >= HEARTBEAT {
                self.heartbeat = self.clock().now();
                for number in self.trials.changing().heartbeat()? {
                    self.give_up(number);
                }
            }
        }
    }

    /// Where the study was waited for, as while it is locked or its server is away, nobody was heard, and trials that waited for a verdict could
    /// not go on: neither is held against them.
    fn allow_for_waiting(&mut self) {
        let waited = self.trials.study.waited();
        let stood = waited.saturating_sub(self.waited);
        if stood.is_zero() {
            return;
        }
        self.waited = waited;
        self.pool.note_heartbeats(self.clock().now());
        // A pause for heat counts by itself.
        if self.paused.0.is_none() {
            self.paused.1 += stood;
        }
    }

    /// Numbers of the trials that this process trains.
    fn own(&self) -> Vec<u32> {
        let busy = self.pool.busy();
        busy.map(|(_, busy)| busy.task.number).collect()
    }

    /// How the search ends while none of its trials runs here; absent where more are to come.
    fn ended(&mut self) -> Result<Option<SearchOutcome>, RunError> {
        if let Some((stop, _)) = self.stopping {
            return Ok(Some(SearchOutcome::Stopped(stop)));
        }
        let end = match self.exhausted {
            Some(points) if !self.trials.has_interrupted()? => SearchOutcome::Exhausted { points },
            _ if self.trials.missing(&[])? == 0 => SearchOutcome::Done,
            _ => return Ok(None),
        };
        if self.trials.elsewhere(&[])? == 0 {
            return Ok(Some(end));
        }
        // One stays until the last trials have ended, and takes them over where their processes die.
        let stays = self.trials.study.claim_results()?;
        Ok((!stays).then_some(SearchOutcome::LeftToOthers))
    }

    /// Starts workers and trials as long as both are wanted.
    fn fill(&mut self) -> Result<(), RunError> {
        if self.pool.busy().count() == self.jobs {
            return Ok(());
        }
        let own = self.own();
        let mut missing = self.trials.missing(&own)?;
        if self.exhausted.is_some() && !self.trials.has_interrupted()? {
            return Ok(());
        }
        let idle = |slot: &Slot| !matches!(slot.state, State::Busy(_));
        let free = self.pool.slots.iter().filter(|slot| idle(slot)).count();
        for _ in 0..missing
            .saturating_sub(free)
            .min(self.jobs.saturating_sub(self.pool.slots.len()))
        {
            self.pool.start()?;
        }
        let ready: Vec<u64> = self
            .pool
            .slots
            .iter()
            .filter(|slot| matches!(slot.state, State::Idle))
            .map(|slot| slot.id)
            .collect();
        for id in ready {
            if missing == 0 || !self.start_trial(id)? {
                break;
            }
            missing -= 1;
        }
        Ok(())
    }

    /// Gives a worker a trial that was cut off, or else the sampler's next point; `false` where there is none now.
    fn start_trial(&mut self, id: u64) -> Result<bool, RunError> {
        let own = self.own();
        let (number, assignment, before) = match self.trials.next(&own)? {
            Next::Trial {
                number,
                assignment,
                before,
            } => (number, assignment, before),
            Next::Nothing => return Ok(false),
            Next::Exhausted { points } => {
                self.exhausted = Some(points);
                return Ok(false);
            }
        };
        let mut all = self.hpo.fixed.clone();
        all.extend(assignment);
        let hyper = Hyperparameters::from_assignment(&all).map_err(RunError::failed)?;
        let steps = self.context.scheduled_steps(hyper, self.samples);
        let task = Task {
            number,
            assignment: all,
            seed: trial::seed(self.hpo, number),
        };
        let now = self.clock().now();
        if let Some(slot) = self.pool.slot(id) {
            self.journal.info(&format!(
                "trial {number}: started in process {}",
                slot.worker.pid()
            ));
            slot.send(&Order::Trial(task.clone()));
            slot.state = State::Busy(Box::new(Busy::new(
                task,
                steps,
                before,
                (now, self.paused.1),
            )));
            slot.note_heartbeat(now);
        }
        Ok(true)
    }

    /// Handles a worker's message.
    fn received(&mut self, id: u64, line: &str) -> Result<(), RunError> {
        let now = self.clock().now();
        let Some(slot) = self.pool.slot(id) else {
            return Ok(());
        };
        match receive(slot, line, now, self.journal)? {
            Received::Noted => {}
            Received::Ready { spec_hash } => {
                check_worker(slot, &spec_hash, &self.context.hash, &self.limits)?;
                slot.state = State::Idle;
                self.false_starts = 0;
                if self.paused.0.is_some() {
                    slot.send(&Order::Pause);
                }
            }
            Received::Progress => self.show_progress(),
            Received::Evaluation { number, step } => {
                let decision = self.decide(id, number, step)?;
                if let Some(slot) = self.pool.slot(id) {
                    slot.send(&Order::Verdict { decision });
                }
            }
            Received::Ended { busy, result } => {
                let outcome = trial::outcome(&result);
                self.finish(&busy, &outcome, Some(&result), None)?;
            }
        }
        Ok(())
    }

    /// Stores an evaluation's objective, and whether the trial continues.
    fn decide(&mut self, id: u64, number: u32, step: u32) -> Result<Decision, RunError> {
        let curve = match self.pool.slot(id).map(|slot| &slot.state) {
            Some(State::Busy(busy)) => busy.objectives.clone(),
            _ => Vec::new(),
        };
        if let Some((_, objective)) = curve.last() {
            match self.trials.study.report(number, step, *objective) {
                Err(StudyError::TakenOver { .. }) => {
                    self.give_up(number);
                    return Ok(Decision::Continue);
                }
                other => other?,
            }
        }
        let pruner = &self.hpo.strategy.pruner;
        let others = self.trials.visible(number)?;
        Ok(decide(pruner, number, others, &curve, step))
    }

    /// Ends the worker of a trial that another process has taken over: two would write to one checkpoint.
    fn give_up(&mut self, number: u32) {
        self.journal.warn(&format!(
            "warning: trial {number} was taken over by another process, since this one had been silent for too long"
        ));
        let is_its = |slot: &&mut Slot| matches!(&slot.state, State::Busy(busy) if busy.task.number == number);
        if let Some(slot) = self.pool.slots.iter_mut().find(is_its) {
            slot.worker.kill();
        }
    }

    /// A worker died. Its trial's state says how, and a fresh worker takes its place.
    fn exited(&mut self, id: u64) -> Result<(), RunError> {
        let Some(mut slot) = self.pool.remove(id) else {
            return Ok(());
        };
        let exit = slot.worker.wait(PATIENCE, self.clock());
        let stderr = slot.worker.stderr_tail();
        match slot.state {
            State::Idle => Ok(()),
            State::Starting => {
                let why = slot.verdict.map_or_else(
                    || format!("it ended by {exit}: {stderr}; was the experiment rebuilt meanwhile? Then run the same command"),
                    |verdict| verdict.to_string(),
                );
                self.failed_to_start(&why)
            }
            State::Busy(busy) => self.died(&busy, slot.verdict, exit, &stderr),
        }
    }

    fn failed_to_start(&mut self, why: &str) -> Result<(), RunError> {
        self.false_starts += 1;
        if self.stopping.is_some() || self.false_starts < FALSE_STARTS {
            return Ok(());
        }
        Err(RunError::Failed(format!(
            "{FALSE_STARTS} worker processes died before they were ready; of the last: {why}"
        )))
    }

    fn died(
        &mut self,
        busy: &Busy,
        verdict: Option<Verdict>,
        exit: Exit,
        stderr: &str,
    ) -> Result<(), RunError> {
        if let Some((stop, _)) = self.stopping {
            let outcome = match stop {
                Stop::Heat | Stop::SensorLost => Outcome::Thermal,
                Stop::Interrupt | Stop::Timeout => Outcome::Interrupted,
            };
            return self.finish(busy, &outcome, None, None);
        }
        match judge(exit, verdict, busy.oom_killed(), stderr) {
            Death::Ends(outcome, message) => self.finish(busy, &outcome, None, Some(&message)),
            Death::Lost(message) => {
                let times = self.lost.entry(busy.task.number).or_insert(0);
                *times += 1;
                let outcome = if *times > MAX_RESUMES {
                    Outcome::Failed {
                        message: format!("{message}, {times} times"),
                    }
                } else {
                    Outcome::Interrupted
                };
                self.finish(busy, &outcome, None, Some(&message))
            }
        }
    }

    /// Ends workers that exceed a limit, and those that do not stop; their deaths arrive as events.
    fn enforce(&mut self) {
        if let Some((_, since)) = self.stopping
            && self.clock().since(since) >= grace()
        {
            for slot in &mut self.pool.slots {
                slot.worker.kill();
            }
            return;
        }
        if self.clock().since(self.measured) < MEASURE || self.paused.0.is_some() {
            return;
        }
        self.measured = self.clock().now();
        if self.guard.memory_is_full() {
            self.pool.end_largest();
        }
        let clock = self.clock();
        for slot in &mut self.pool.slots {
            let measured = slot.measure(clock, self.paused.1);
            let verdict = match slot.state {
                State::Idle => None,
                // One that hangs while it loads is replaced as well.
                State::Starting => hung(&self.limits, &measured),
                State::Busy(_) => exceeded(&self.limits, &measured),
            };
            if verdict.is_some() && slot.verdict.is_none() {
                slot.verdict = verdict;
                slot.worker.kill();
            }
        }
    }

    /// Stores how a trial ended.
    fn finish(
        &mut self,
        busy: &Busy,
        outcome: &Outcome,
        result: Option<&TrialResult>,
        message: Option<&str>,
    ) -> Result<(), RunError> {
        let ended = EndedTrial {
            busy,
            seconds: self.clock().since(busy.started).as_secs_f64(),
            outcome,
            result,
            message,
            jobs: self.jobs,
            left: self.left_after(busy),
            temperature: self.guard.text(),
        };
        recorder::record(self.context, self.journal, self.trials.changing(), &ended)
    }

    fn clock(&self) -> &'a Clock {
        &self.context.clock
    }
}
