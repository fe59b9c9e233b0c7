//! Rungs of successive halving: at which epochs trials compete, and which are eliminated. It decides nothing.

use crate::{
    pruner::curve::{best_until, value_at},
    trial::Trial,
};

/// Whether an epoch is first·factorᵏ.
pub(super) fn is_rung(epoch: u32, first: u32, factor: u32) -> bool {
    let mut rung = first.max(1);
    while rung < epoch {
        rung = rung.saturating_mul(factor.max(2));
    }
    rung == epoch
}

/// Whether a curve's best value is not among the best 1/factor of those that reached a rung, itself included; the best always stays.
/// Best so far and not the rung's own: a trial's value is that of its best epoch, and single epochs are noisy.
pub(super) fn is_eliminated<'a>(
    value: f64,
    competitors: impl Iterator<Item = &'a Trial>,
    epoch: u32,
    factor: u32,
) -> bool {
    let mut values: Vec<f64> = competitors
        .filter(|trial| value_at(&trial.intermediate, epoch).is_some())
        .map(|trial| best_until(&trial.intermediate, epoch).1)
        .filter(|value| value.is_finite())
        .chain([value])
        .collect();
    values.sort_by(f64::total_cmp);
    let survivors = (values.len() / factor.max(2) as usize).max(1);
    values
        .get(survivors - 1)
        .is_some_and(|limit| value > *limit)
}
