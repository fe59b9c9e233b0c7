//! Which trials a suggestion may use in a search by several workers, so that the trials are the same whatever the speed of each:
//! trial k uses those up to k − window, all of which have finished, and of the later ones only their points. A window of 1 is a
//! sequential search. It suggests nothing.

use std::borrow::Cow;

use crate::trial::{Trial, TrialState};

/// Whose results a suggestion may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// Of trials whose number is lower by at least so many.
    Window(u32),
    /// Of every trial that has ended, as a study of many machines has it: nobody waits for another. What a suggestion was based on is
    /// recorded with the trial.
    All {
        /// Trials of the whole study, which none of its processes may exceed.
        most: u32,
    },
}

/// The trial that must finish before trial `number` can be suggested, of those in `run`, the trials that this search runs: those of
/// another program are not waited for.
pub fn blocked_by(
    trials: &[Trial],
    number: u32,
    visibility: Visibility,
    run: &[u32],
) -> Option<u32> {
    if matches!(visibility, Visibility::All { .. }) {
        return None;
    }
    visible(trials, number, visibility)
        .iter()
        .map(|trial| trial.number)
        .find(|number| run.contains(number))
}

/// The trials whose results trial `number` may use.
pub fn visible(trials: &[Trial], number: u32, visibility: Visibility) -> &[Trial] {
    let Visibility::Window(window) = visibility else {
        return trials;
    };
    let end = trials.partition_point(|trial| trial.number.saturating_add(window) <= number);
    trials.get(..end).unwrap_or_default()
}

/// The study as trial `number` may use it: later trials count as running, whatever their state.
pub(crate) fn as_visible(
    trials: &[Trial],
    number: u32,
    visibility: Visibility,
) -> Cow<'_, [Trial]> {
    let visible = visible(trials, number, visibility).len();
    // A sequential search uses everything: its curves are not copied.
    if visible == trials.len() {
        return Cow::Borrowed(trials);
    }
    let mut seen = trials.to_vec();
    for trial in seen.iter_mut().skip(visible) {
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

    use super::{
        Visibility::{All, Window},
        *,
    };

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
        assert_eq!(blocked_by(&trials, 5, Window(4), &[2]), None);
        assert_eq!(blocked_by(&trials, 5, Window(3), &[2]), Some(2));
        assert_eq!(
            blocked_by(&trials, 5, Window(1), &[]),
            None,
            "another program's"
        );
        assert_eq!(visible(&trials, 5, Window(4)).len(), 2);
        assert_eq!(visible(&trials, 1, Window(4)).len(), 0);
        let seen = as_visible(&trials, 5, Window(3));
        let states: Vec<_> = seen.iter().map(|trial| trial.state).collect();
        assert_eq!(states, [Complete, Failed, Running, Running, Running]);
        assert!(seen[3].value.is_none() && seen[4].intermediate.is_empty());
        assert_eq!(blocked_by(&trials, 5, All { most: 9 }, &[2]), None);
        assert_eq!(as_visible(&trials, 1, All { most: 9 }).as_ref(), trials);
    }
}
