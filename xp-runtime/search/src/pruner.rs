//! Early stopping of trials, as a pure function of the curves so far. It stops nothing itself and keeps no state.

use serde::{Deserialize, Serialize};
use xp_spec::strategy::Pruner;

use crate::{
    random::{Purpose, Stream},
    trial::Trial,
};

/// What becomes of a trial after an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// It trains on.
    GoOn,
    /// It ends early, because others are better.
    Prune,
    /// It ends with what it has: its own curve says that no better epoch will come, and nothing that it is worse than others.
    Complete,
}

/// What becomes of trial `number` after `epoch`.
///
/// `history` are the study's trials with their curves, whatever their state; the trial itself is left out of it by its number.
/// `curve` is its own curve, (epoch, value) with epochs ascending, `epoch` included. A value that is not finite prunes
/// under every rule but `None`.
pub fn decide(
    pruner: &Pruner,
    number: u32,
    history: &[Trial],
    curve: &[(u32, f64)],
    epoch: u32,
) -> Decision {
    let Some(value) = value_at(curve, epoch) else {
        return Decision::GoOn;
    };
    if *pruner == Pruner::None {
        return Decision::GoOn;
    }
    if !value.is_finite() {
        return Decision::Prune;
    }
    let others = || history.iter().filter(|trial| trial.number != number);
    let ends = match *pruner {
        Pruner::None => false,
        Pruner::Median { fewest, warmup } => {
            epoch > warmup && {
                let mut values: Vec<f64> = others()
                    .filter_map(|trial| value_at(&trial.intermediate, epoch))
                    .collect();
                values.len() >= fewest.max(1) && best_until(curve, epoch).1 > median(&mut values)
            }
        }
        Pruner::SuccessiveHalving { first, factor } => {
            is_rung(epoch, first, factor)
                && loses(best_until(curve, epoch).1, others(), epoch, factor)
        }
        Pruner::Hyperband {
            first,
            last,
            factor,
        } => {
            let bracket = |number| bracket(number, first, last, factor);
            let start = first_rung(first, factor, bracket(number));
            let rivals = others().filter(|trial| bracket(trial.number) == bracket(number));
            is_rung(epoch, start, factor)
                && loses(best_until(curve, epoch).1, rivals, epoch, factor)
        }
        Pruner::Patience { epochs, least } => {
            epoch.saturating_sub(last_improvement(curve, epoch, least)) > epochs
        }
    };
    match (ends, pruner) {
        (false, _) => Decision::GoOn,
        (true, Pruner::Patience { .. }) => Decision::Complete,
        (true, _) => Decision::Prune,
    }
}

fn value_at(curve: &[(u32, f64)], epoch: u32) -> Option<f64> {
    curve
        .iter()
        .find(|(at, _)| *at == epoch)
        .map(|(_, value)| *value)
}

/// Epoch and value of the lowest value up to `epoch`.
fn best_until(curve: &[(u32, f64)], epoch: u32) -> (u32, f64) {
    curve
        .iter()
        .filter(|(at, value)| *at <= epoch && value.is_finite())
        .copied()
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap_or((epoch, f64::INFINITY))
}

/// The last epoch that was better than everything before it by `least`.
fn last_improvement(curve: &[(u32, f64)], epoch: u32, least: f64) -> u32 {
    let mut best: Option<(u32, f64)> = None;
    for &(at, value) in curve.iter().filter(|(at, _)| *at <= epoch) {
        if value.is_finite() && best.is_none_or(|(_, lowest)| value < lowest - least) {
            best = Some((at, value));
        }
    }
    best.map_or(epoch, |(at, _)| at)
}

/// Median of finite values, those that are not finite counting as worst.
fn median(values: &mut [f64]) -> f64 {
    for value in values.iter_mut().filter(|value| !value.is_finite()) {
        *value = f64::INFINITY;
    }
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let at = |index: usize| values.get(index).copied().unwrap_or(f64::INFINITY);
    if values.len().is_multiple_of(2) {
        0.5 * (at(middle.saturating_sub(1)) + at(middle))
    } else {
        at(middle)
    }
}

/// Whether an epoch is first·factorᵏ.
fn is_rung(epoch: u32, first: u32, factor: u32) -> bool {
    let mut rung = first.max(1);
    while rung < epoch {
        rung = rung.saturating_mul(factor.max(2));
    }
    rung == epoch
}

/// Whether a curve's best value is not among the best 1/factor of those that reached a rung, itself included; the best always stays.
/// Best so far and not the rung's own: a trial's value is that of its best epoch, and single epochs are noisy.
fn loses<'a>(value: f64, rivals: impl Iterator<Item = &'a Trial>, epoch: u32, factor: u32) -> bool {
    let mut values: Vec<f64> = rivals
        .filter(|trial| value_at(&trial.intermediate, epoch).is_some())
        .map(|trial| best_until(&trial.intermediate, epoch).1)
        .filter(|value| value.is_finite())
        .chain([value])
        .collect();
    values.sort_by(f64::total_cmp);
    let kept = (values.len() / factor.max(2) as usize).max(1);
    values.get(kept - 1).is_some_and(|limit| value > *limit)
}

fn first_rung(first: u32, factor: u32, bracket: u32) -> u32 {
    first
        .max(1)
        .saturating_mul(factor.max(2).saturating_pow(bracket))
}

/// The bracket of a trial. Bracket b starts at rung b of `brackets`, so its trials cost more and it gets fewer of them.
fn bracket(number: u32, first: u32, last: u32, factor: u32) -> u32 {
    let (first, factor) = (first.max(1), factor.max(2));
    let brackets = (last.max(first) / first).ilog(factor) + 1;
    // Expected epochs of a trial in a bracket: its first rung, and the same again at every later rung by 1/factor of them.
    let shares: Vec<f64> = (0..brackets)
        .map(|bracket| {
            let rungs = f64::from(brackets - bracket);
            1.0 / (f64::from(factor).powi(bracket as i32) * rungs)
        })
        .collect();
    Stream::new(0, number, Purpose::Bracket).weighted(&shares) as u32
}

#[cfg(test)]
mod tests {
    use super::{
        Decision::{Complete, GoOn, Prune},
        *,
    };
    use crate::trial::TrialState;
    use xp_spec::space::Assignment;

    fn trial(number: u32, values: &[f64]) -> Trial {
        Trial {
            number,
            state: TrialState::Complete,
            assignment: Assignment::new(),
            value: values.last().copied(),
            intermediate: curve(values),
        }
    }

    fn curve(values: &[f64]) -> Vec<(u32, f64)> {
        (1..).zip(values.iter().copied()).collect()
    }

    #[test]
    fn each_rule_on_known_curves() {
        let history = [
            trial(0, &[0.9, 0.8, 0.7, 0.6]),
            trial(1, &[0.9, 0.6, 0.5, 0.4]),
            trial(2, &[0.8, 0.5, 0.3, 0.2]),
        ];
        let median = Pruner::Median {
            fewest: 2,
            warmup: 1,
        };
        let halving = Pruner::SuccessiveHalving {
            first: 1,
            factor: 2,
        };
        let patience = Pruner::Patience {
            epochs: 1,
            least: 0.01,
        };
        for (pruner, values, expected) in [
            (Pruner::None, &[0.9, f64::NAN][..], GoOn),
            (median, &[9.0], GoOn),
            (median, &[0.9, 0.61], Prune),
            (median, &[0.5, 0.9], GoOn),
            (median, &[0.9, f64::NAN], Prune),
            // Nobody else was there.
            (median, &[0.9, 0.9, 0.9, 0.9, 0.9], GoOn),
            // Best half of four at epoch 2: 0.5 and 0.6.
            (halving, &[0.9, 0.55], GoOn),
            (halving, &[0.9, 0.61], Prune),
            // What counts is the best so far: 0.5 at epoch 1 is among the best half of those at epoch 2.
            (halving, &[0.5, 0.9], GoOn),
            // Epoch 3 is no rung.
            (halving, &[0.9, 0.5, 9.0], GoOn),
            (patience, &[0.5, 0.499], GoOn),
            (patience, &[0.5, 0.499, 0.498], Complete),
            (patience, &[0.5, 0.499, 0.4], GoOn),
        ] {
            let epoch = values.len() as u32;
            let decision = decide(&pruner, 3, &history, &curve(values), epoch);
            assert_eq!(decision, expected, "{pruner:?} {values:?}");
        }
    }

    #[test]
    fn a_trial_does_not_compete_with_itself() {
        let history = [trial(4, &[0.1])];
        let pruner = Pruner::Median {
            fewest: 1,
            warmup: 0,
        };
        let decided = |number| decide(&pruner, number, &history, &curve(&[0.5]), 1);
        assert_eq!([decided(4), decided(5)], [GoOn, Prune]);
    }

    #[test]
    fn hyperband_brackets_share_the_budget() {
        let mut seen = [0_u32; 3];
        for number in 0..2000 {
            seen[bracket(number, 1, 9, 3) as usize] += 1;
        }
        // Shares 1/3 : 1/6 : 1/9.
        assert!((1000..1350).contains(&seen[0]), "{seen:?}");
        assert!(seen[0] > seen[1] && seen[1] > seen[2], "{seen:?}");
        let pruner = Pruner::Hyperband {
            first: 1,
            last: 9,
            factor: 3,
        };
        let of = |wanted| (0..).find(|n| bracket(*n, 1, 9, 3) == wanted).unwrap();
        let (aggressive, patient) = (of(0), of(2));
        let rivals: Vec<Trial> = (100..400).map(|n| trial(n, &[0.1; 9])).collect();
        let bad = curve(&[0.5; 9]);
        let decided = |number, epoch| decide(&pruner, number, &rivals, &bad, epoch);
        assert_eq!(decided(aggressive, 1), Prune);
        assert_eq!([decided(patient, 3), decided(patient, 9)], [GoOn, Prune]);
    }
}
