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
        Pruner::Patience { evaluations, least } => {
            Box::new(patience::Patience { evaluations, least })
        }
    })
}

/// The decision on trial `number` after its evaluation at `step`.
///
/// `history` are the study's trials with their curves, whatever their state; the trial itself is left out of it by its number.
/// `curve` is its own curve, (step, value) with steps ascending, `step` included. A value that is not finite prunes
/// under every rule but `None`.
pub fn decide(
    pruner: &Pruner,
    number: u32,
    history: &[Trial],
    curve: &[(u32, f64)],
    step: u32,
) -> Decision {
    let (Some(value), Some(rule)) = (value_at(curve, step), rule(pruner)) else {
        return Decision::Continue;
    };
    if !value.is_finite() {
        return Decision::Prune;
    }
    rule.decide(&RunningTrial {
        number,
        history,
        curve,
        step,
    })
}

#[cfg(test)]
mod tests {
    use super::{
        Decision::{Complete, Continue, Prune},
        *,
    };
    use crate::trial::TrialState;
    use xp_spec::{extent::Extent, space::Assignment};

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
            evaluations: 1,
            least: 0.01,
        };
        for (pruner, values, expected) in [
            (Pruner::None, &[0.9, f64::NAN][..], Continue),
            (median, &[9.0], Continue),
            (median, &[0.9, 0.61], Prune),
            (median, &[0.5, 0.9], Continue),
            (median, &[0.9, f64::NAN], Prune),
            // No other trial came so far.
            (median, &[0.9, 0.9, 0.9, 0.9, 0.9], Continue),
            // Best half of four at step 2: 0.5 and 0.6.
            (halving, &[0.9, 0.55], Continue),
            (halving, &[0.9, 0.61], Prune),
            // What counts is the best so far: 0.5 at step 1 is among the best half of those at step 2.
            (halving, &[0.5, 0.9], Continue),
            // Step 3 is not a rung.
            (halving, &[0.9, 0.5, 9.0], Continue),
            (patience, &[0.5, 0.499], Continue),
            (patience, &[0.5, 0.499, 0.498], Complete),
            (patience, &[0.5, 0.499, 0.4], Continue),
        ] {
            let step = values.len() as u32;
            let decision = decide(&pruner, 3, &history, &curve(values), step);
            assert_eq!(decision, expected, "{pruner:?} {values:?}");
        }
    }

    /// Of five steps, each evaluated, without a warm-up.
    const EXTENT: Extent = Extent {
        longest: 5,
        shortest: 5,
        warmup: 0,
        intervals: (1, 1),
        evaluations: 5,
        patience: 5,
    };

    /// Trials of 2000 and of 4000 steps are evaluated every 100 and every 200: they meet at rungs, wherever those lie.
    #[test]
    fn trials_are_compared_at_their_first_evaluation_from_a_rung_on() {
        let trial = |number, interval: u32, values: &[f64]| Trial {
            intermediate: (1..)
                .map(|evaluation: u32| evaluation * interval)
                .zip(values.iter().copied())
                .collect(),
            ..trial(number, values)
        };
        let halving = |first| Pruner::SuccessiveHalving { first, factor: 2 };
        let history = [
            trial(0, 200, &[0.60, 0.50, 0.40]),
            trial(1, 200, &[0.70, 0.65]),
            trial(2, 100, &[0.90, 0.55]),
        ];
        for (pruner, curve, expected) in [
            // Its evaluation before the rung is not judged.
            (halving(250), &[(200, 0.9)][..], Continue),
            // At 300 it has passed the rung at 250, where two others stand with .5 and .65: half of three is one.
            (halving(250), &[(200, 0.9), (300, 0.49)], Continue),
            (halving(250), &[(200, 0.9), (300, 0.51)], Prune),
            (halving(250), &[(200, 0.49), (300, 0.9)], Continue),
            // Judged once: the next rung is at 500.
            (halving(250), &[(300, 0.4), (400, 0.9)], Continue),
            // Two rungs at once, 100 and 200, where all three stand: .60, .65 or .70, .55 and .90.
            (halving(100), &[(200, 0.61)], Prune),
            (halving(100), &[(200, 0.59)], Continue),
            // The two that came to 300 stand there as at 200: with .60 and .70.
            (median(2, 250), &[(300, 0.66)], Prune),
            (median(2, 250), &[(300, 0.64)], Continue),
            (median(3, 250), &[(300, 0.9)], Continue),
            (median(2, 300), &[(300, 0.9)], Continue),
        ] {
            let step = curve.last().map_or(0, |(at, _)| *at);
            let decision = decide(&pruner, 9, &history, curve, step);
            assert_eq!(decision, expected, "{pruner:?} {curve:?}");
        }
    }

    fn median(fewest: usize, warmup: u32) -> Pruner {
        Pruner::Median { fewest, warmup }
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
            let pruner = Pruner::named(name, &EXTENT).unwrap();
            for own in &history {
                let decided = |history: &[Trial], curve: &[(u32, f64)]| {
                    let step = curve.len() as u32;
                    decide(&pruner, own.number, history, curve, step)
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
                for steps in 1..=5 {
                    let curve = &own.intermediate[..steps];
                    let decision = decided(&history, curve);
                    assert_eq!(decision, decided(&others, curve), "{name} at {steps}");
                }
            }
        }
    }
}
