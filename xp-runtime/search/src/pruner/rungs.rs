//! Rungs of successive halving: at which steps trials compete, and which are eliminated. It decides nothing.

use crate::{
    pruner::{
        curve::{best_on_reaching, previous},
        rule::RunningTrial,
    },
    trial::Trial,
};

/// The rungs first·factorᵏ that a trial has reached by its newest evaluation and not by the one before: several where it is evaluated
/// rarely.
pub(super) fn reached(
    trial: &RunningTrial<'_>,
    first: u32,
    factor: u32,
) -> impl Iterator<Item = u32> + use<> {
    let (before, now) = (previous(trial.curve, trial.step), trial.step);
    std::iter::successors(Some(first.max(1)), move |rung| {
        rung.checked_mul(factor.max(2))
    })
    .skip_while(move |rung| *rung <= before)
    .take_while(move |rung| *rung <= now)
}

/// Whether a curve's best value is not among the best 1/factor of those that reached a rung, itself included; the best always stays.
/// Best so far and not the rung's own: a trial's value is that of its best evaluation, and single ones are noisy.
pub(super) fn is_eliminated<'a>(
    curve: &[(u32, f64)],
    competitors: impl Iterator<Item = &'a Trial>,
    rung: u32,
    factor: u32,
) -> bool {
    let value = best_on_reaching(curve, rung).unwrap_or(f64::INFINITY);
    let mut values: Vec<f64> = competitors
        .filter_map(|trial| best_on_reaching(&trial.intermediate, rung))
        .filter(|value| value.is_finite())
        .chain([value])
        .collect();
    values.sort_by(f64::total_cmp);
    let survivors = (values.len() / factor.max(2) as usize).max(1);
    values
        .get(survivors - 1)
        .is_some_and(|limit| value > *limit)
}
