//! How far a search is and how long the rest will take, for people.

use super::{
    super::{
        pool::{Busy, Slot, State},
        progress::{self, Pace},
    },
    Schedule,
};
use crate::study::ended;

impl Schedule<'_> {
    /// Shows what every worker does, and how far the search is.
    pub(super) fn show_progress(&mut self) {
        let pace = self.pace(None);
        let trials = self.trials.shown();
        let label = self.context.experiment.training.objective.label();
        self.journal.show_progress(&progress::rows(
            &self.pool,
            label,
            (trials, self.hpo.trials),
            &pace,
            self.guard.text(),
        ));
    }

    /// How long the rest will take once this trial has ended, for people; absent where none is left.
    pub(super) fn left_after(&mut self, busy: &Busy) -> Option<String> {
        let pace = self.pace(Some(busy));
        let ended = ended(self.trials.shown()) + 1;
        let missing = (self.hpo.trials as usize).saturating_sub(ended);
        (missing > 0).then(|| pace.left(missing))
    }

    /// How fast trials end, with one that has just ended and is not stored yet.
    fn pace(&mut self, just_ended: Option<&Busy>) -> Pace {
        let (clock, (begun, ended_before)) = (&self.context.clock, self.begun);
        let share = |slot: &Slot| match &slot.state {
            State::Busy(busy)
                if just_ended.is_none_or(|ended| ended.task.number != busy.task.number) =>
            {
                let (step, _) = busy.position.unwrap_or_default();
                f64::from(step) / f64::from(busy.steps.max(1))
            }
            _ => 0.0,
        };
        let trials = self.trials.shown();
        let just_ended = usize::from(just_ended.is_some());
        Pace {
            ended: ended(trials).saturating_sub(ended_before) + just_ended,
            running: self.pool.slots.iter().map(share).sum(),
            seconds: clock.since(begun).as_secs_f64(),
            left: self
                .deadline
                .saturating_duration_since(clock.now())
                .as_secs_f64(),
        }
    }
}
