//! Early stopping of trials, as a pure function of the curves so far. It stops nothing itself and keeps no state.
//!
//! To add a pruner: its name and parameters in `xp_spec::pruner`, a file here that implements [`rule::Rule`], and its
//! lines in this file.

mod curve;
mod halving;
mod hyperband;
mod median;
mod patience;
mod rule;
mod rungs;

use xp_spec::strategy::Pruner;

pub use rule::Decision;

use crate::{
    pruner::{
        curve::value_at,
        rule::{Rule, RunningTrial},
    },
    trial::Trial,
};

/// The rule of a pruner; `None` where nothing is pruned.
fn rule(pruner: &Pruner) -> Option<Box<dyn Rule>> {
    Some(match *pruner {
        Pruner::None => return None,
        Pruner::Median { fewest, warmup } => Box::new(median::Median { fewest, warmup }),
        Pruner::SuccessiveHalving { first, factor } => {
            Box::new(halving::SuccessiveHalving { first, factor })
        }
        Pruner::Hyperband {
            first,
            last,
            factor,
        } => Box::new(hyperband::Hyperband {
            first,
            last,
            factor,
        }),
        Pruner::Patience { epochs, least } => Box::new(patience::Patience { epochs, least }),
    })
}

/// The decision on trial `number` after `epoch`.
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
    let (Some(value), Some(rule)) = (value_at(curve, epoch), rule(pruner)) else {
        return Decision::Continue;
    };
    if !value.is_finite() {
        return Decision::Prune;
    }
    rule.decide(&RunningTrial {
        number,
        history,
        curve,
        epoch,
    })
}

#[cfg(test)]
mod tests {
    use super::{
        Decision::{Complete, Continue, Prune},
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
            (Pruner::None, &[0.9, f64::NAN][..], Continue),
            (median, &[9.0], Continue),
            (median, &[0.9, 0.61], Prune),
            (median, &[0.5, 0.9], Continue),
            (median, &[0.9, f64::NAN], Prune),
            // No other trial reached this epoch.
            (median, &[0.9, 0.9, 0.9, 0.9, 0.9], Continue),
            // Best half of four at epoch 2: 0.5 and 0.6.
            (halving, &[0.9, 0.55], Continue),
            (halving, &[0.9, 0.61], Prune),
            // What counts is the best so far: 0.5 at epoch 1 is among the best half of those at epoch 2.
            (halving, &[0.5, 0.9], Continue),
            // Epoch 3 is no rung.
            (halving, &[0.9, 0.5, 9.0], Continue),
            (patience, &[0.5, 0.499], Continue),
            (patience, &[0.5, 0.499, 0.498], Complete),
            (patience, &[0.5, 0.499, 0.4], Continue),
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
        assert_eq!([decided(4), decided(5)], [Continue, Prune]);
    }

    #[test]
    fn every_pruner_prunes_what_is_not_finite_and_repeats_its_decisions() {
        let history: Vec<Trial> = (0..20)
            .map(|number| {
                trial(
                    number,
                    &[0.9, 0.5 + 0.01 * f64::from(number), 0.5, 0.4, 0.4],
                )
            })
            .collect();
        for name in Pruner::NAMES {
            let pruner = Pruner::named(name, 5).unwrap();
            for own in &history {
                let decided = |history: &[Trial], curve: &[(u32, f64)]| {
                    let epoch = curve.len() as u32;
                    decide(&pruner, own.number, history, curve, epoch)
                };
                let diverged = [(1, 0.1), (2, f64::NAN)];
                let expected = match pruner {
                    Pruner::None => Continue,
                    _ => Prune,
                };
                assert_eq!(decided(&history, &diverged), expected, "{name}");
                let others: Vec<Trial> = history
                    .iter()
                    .rev()
                    .filter(|other| other.number != own.number)
                    .cloned()
                    .collect();
                for epochs in 1..=5 {
                    let curve = &own.intermediate[..epochs];
                    let decision = decided(&history, curve);
                    assert_eq!(decision, decided(&others, curve), "{name} at {epochs}");
                }
            }
        }
    }
}
