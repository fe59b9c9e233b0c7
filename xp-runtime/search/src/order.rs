//! Which trials a suggestion may know in a search by several workers, so that the trials are the same whatever the speed of each: trial k
//! knows those up to k − window, all of which have ended, and of the later ones only their points. A window of 1 is one trial after
//! the other.

use std::borrow::Cow;

use crate::trial::{Trial, TrialState};

/// The trial that has to end before trial `number` can be suggested, of those that `run` here: nobody here sees to the end of another
/// program's.
pub fn waits_for(trials: &[Trial], number: u32, window: u32, run: &[u32]) -> Option<u32> {
    known(trials, number, window)
        .iter()
        .map(|trial| trial.number)
        .find(|number| run.contains(number))
}

/// The trials that trial `number` may know.
pub fn known(trials: &[Trial], number: u32, window: u32) -> &[Trial] {
    let end = trials.partition_point(|trial| trial.number.saturating_add(window) <= number);
    trials.get(..end).unwrap_or_default()
}

/// The study as trial `number` may know it: later trials run, whatever has become of them.
pub(crate) fn as_known(trials: &[Trial], number: u32, window: u32) -> Cow<'_, [Trial]> {
    let known = known(trials, number, window).len();
    // One at a time knows everything: a thousand curves are not copied for it.
    if known == trials.len() {
        return Cow::Borrowed(trials);
    }
    let mut seen = trials.to_vec();
    for trial in seen.iter_mut().skip(known) {
        if trial.state != TrialState::Waiting {
            trial.state = TrialState::Running;
            trial.value = None;
            trial.intermediate.clear();
        }
    }
    Cow::Owned(seen)
}

#[cfg(test)]
mod tests {
    use xp_spec::space::Assignment;

    use super::*;

    fn trial(number: u32, state: TrialState) -> Trial {
        Trial {
            number,
            state,
            assignment: Assignment::new(),
            value: Some(f64::from(number)),
            intermediate: vec![(1, 0.5)],
        }
    }

    #[test]
    fn a_trial_knows_what_has_ended_before_its_window() {
        use TrialState::{Complete, Failed, Pruned, Running};
        let trials: Vec<Trial> = [Complete, Failed, Running, Pruned, Complete]
            .into_iter()
            .zip(0..)
            .map(|(state, number)| trial(number, state))
            .collect();
        assert_eq!(waits_for(&trials, 5, 4, &[2]), None);
        assert_eq!(waits_for(&trials, 5, 3, &[2]), Some(2));
        assert_eq!(waits_for(&trials, 5, 1, &[]), None, "another program's");
        assert_eq!(known(&trials, 5, 4).len(), 2);
        assert_eq!(known(&trials, 1, 4).len(), 0);
        let seen = as_known(&trials, 5, 3);
        let states: Vec<_> = seen.iter().map(|trial| trial.state).collect();
        assert_eq!(states, [Complete, Failed, Running, Running, Running]);
        assert!(seen[3].value.is_none() && seen[4].intermediate.is_empty());
    }
}
