//! The trials of a study as the loop of a search asks for them: which there are, which comes next. It starts no worker and ends no trial.

use std::time::{Duration, Instant};

use xp_clock::Clock;
use xp_search::{
    Study, StudyError, SuggestError, Trial, TrialState,
    visibility::{self, Visibility},
};
use xp_spec::{experiment::Hpo, space::Assignment};

use crate::{
    context::{Context, RunError},
    study::{ended, interrupted},
};

/// How often each process of a shared study asks for its trials, and by how much less often for each trial that runs: a thousand processes would
/// ask for a thousand trials each second.
const REFRESH: Duration = Duration::from_secs(1);
const PER_RUNNING: Duration = Duration::from_millis(10);

/// The trials of a study.
pub(super) struct Trials<'a> {
    pub(super) study: &'a mut Study,
    clock: &'a Clock,
    hpo: &'a Hpo,
    visibility: Visibility,
    /// Whether other processes work on the study, too.
    is_shared: bool,
    /// When those of a shared study were read.
    read: Option<Instant>,
}

/// What a worker does next.
pub(super) enum Next {
    /// This trial, with the curve of before it was cut off.
    Trial {
        number: u32,
        assignment: Assignment,
        before: Vec<(u32, f64)>,
    },
    /// Nothing now.
    Nothing,
    /// Nothing: all points of the space were tried.
    Exhausted { points: u64 },
}

impl<'a> Trials<'a> {
    pub(super) fn new(context: &'a Context, hpo: &'a Hpo, study: &'a mut Study) -> Self {
        let jobs = context.workers.jobs;
        Self {
            study,
            clock: &context.clock,
            hpo,
            visibility: match (&context.server, jobs) {
                (Some(_), _) => Visibility::All { most: hpo.trials },
                (None, 1) => Visibility::Window(1),
                // Twice the jobs, or the fast ones stand idle.
                (None, _) => Visibility::Window(2 * jobs as u32),
            },
            is_shared: context.server.is_some(),
            read: None,
        }
    }

    /// All of them; of a shared study as they were a moment ago.
    pub(super) fn all(&mut self) -> Result<&[Trial], RunError> {
        let now = self.clock.now();
        if self.is_shared && self.read.is_some_and(|read| self.is_recent(read, now)) {
            return Ok(self.study.known_trials());
        }
        let trials = self.study.trials()?;
        self.read = Some(now);
        Ok(trials)
    }

    /// Whether what was read then need not be read again now.
    fn is_recent(&self, read: Instant, now: Instant) -> bool {
        let known = self.study.known_trials().iter();
        let running = known.filter(|trial| trial.state == TrialState::Running);
        let refresh = REFRESH + PER_RUNNING.saturating_mul(running.count() as u32);
        now.saturating_duration_since(read) < refresh
    }

    /// As [`Self::all`], for people: as they were before, where they cannot be read now.
    pub(super) fn shown(&mut self) -> &[Trial] {
        let _ = self.all();
        self.study.known_trials()
    }

    /// Those whose results decide about the trial of a number.
    pub(super) fn visible(&mut self, number: u32) -> Result<&[Trial], RunError> {
        let visibility = self.visibility;
        Ok(visibility::visible(self.all()?, number, visibility))
    }

    /// The study is about to change.
    pub(super) fn changing(&mut self) -> &mut Study {
        self.read = None;
        self.study
    }

    /// Trials that are still to be started; `own` are those that this process trains.
    pub(super) fn missing(&mut self, own: &[u32]) -> Result<usize, RunError> {
        let elsewhere = self.elsewhere(own)?;
        let ended = ended(self.all()?);
        Ok((self.hpo.trials as usize).saturating_sub(ended + own.len() + elsewhere))
    }

    /// Trials that other processes of a shared study train. Those of another program may never end and are not counted.
    pub(super) fn elsewhere(&mut self, own: &[u32]) -> Result<usize, RunError> {
        if !self.is_shared {
            return Ok(0);
        }
        let others = &self.study.open_report().running_in_other_programs;
        let others = [own, others.as_slice()].concat();
        let is_elsewhere =
            |trial: &&Trial| trial.state == TrialState::Running && !others.contains(&trial.number);
        Ok(self.all()?.iter().filter(is_elsewhere).count())
    }

    /// Whether a trial waits to be resumed.
    pub(super) fn has_interrupted(&mut self) -> Result<bool, RunError> {
        Ok(interrupted(self.all()?) > 0)
    }

    /// A trial that was cut off, or else the sampler's next point.
    pub(super) fn next(&mut self, own: &[u32]) -> Result<Next, RunError> {
        self.read = None;
        let trials = self.study.trials()?;
        let blocked =
            visibility::blocked_by(trials, trials.len() as u32, self.visibility, own).is_some();
        let is_cut_off =
            |trial: &&Trial| matches!(trial.state, TrialState::Interrupted | TrialState::Thermal);
        let cut_off = trials.iter().filter(is_cut_off);
        let cut_off: Vec<_> = cut_off
            .map(|trial| (trial.number, trial.intermediate.clone()))
            .collect();
        for (number, before) in cut_off {
            match self.study.resume_trial(number) {
                Ok(assignment) => {
                    return Ok(Next::Trial {
                        number,
                        assignment,
                        before,
                    });
                }
                // Another process was faster.
                Err(StudyError::WrongState { .. }) if self.is_shared => {}
                Err(error) => return Err(error.into()),
            }
        }
        if blocked {
            return Ok(Next::Nothing);
        }
        let hpo = self.hpo;
        match self
            .study
            .start_suggested(&hpo.strategy, hpo.seed, self.visibility)
        {
            Ok((number, assignment)) => Ok(Next::Trial {
                number,
                assignment,
                before: Vec::new(),
            }),
            Err(StudyError::Enough { .. }) => Ok(Next::Nothing),
            Err(StudyError::Suggest(SuggestError::SpaceExhausted { points })) => {
                Ok(Next::Exhausted { points })
            }
            Err(error) => Err(error.into()),
        }
    }
}
