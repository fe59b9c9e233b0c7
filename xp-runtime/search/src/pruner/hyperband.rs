//! Hyperband (Li et al., JMLR 2018): successive halving with several first rungs; a trial's bracket follows from its number.

use crate::{
    pruner::{
        rule::{Decision, Rule, RunningTrial, prune_if},
        rungs::{is_eliminated, reached},
    },
    rng::{Purpose, Stream},
};

pub(super) struct Hyperband {
    /// Step of the first rung of the most aggressive bracket.
    pub(super) first: u32,
    /// Steps of a whole trial.
    pub(super) last: u32,
    pub(super) factor: u32,
}

impl Rule for Hyperband {
    fn decide(&self, trial: &RunningTrial<'_>) -> Decision {
        let &Self {
            first,
            last,
            factor,
        } = self;
        let bracket = |number| bracket(number, first, last, factor);
        let own = bracket(trial.number);
        let competitors = || trial.others().filter(|trial| bracket(trial.number) == own);
        prune_if(
            reached(trial, first_rung(first, factor, own), factor)
                .any(|rung| is_eliminated(trial.curve, competitors(), rung, factor)),
        )
    }
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
    // Expected steps of a trial in a bracket: its first rung, and the same again at every later rung by 1/factor of them.
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
    use super::*;
    use crate::{
        pruner::rule::Decision::{Continue, Prune},
        trial::{Trial, TrialState},
    };
    use xp_spec::space::Assignment;

    #[test]
    fn hyperband_brackets_share_the_budget() {
        let mut seen = [0_u32; 3];
        for number in 0..2000 {
            seen[bracket(number, 1, 9, 3) as usize] += 1;
        }
        // Shares 1/3 : 1/6 : 1/9.
        assert!((1000..1350).contains(&seen[0]), "{seen:?}");
        assert!(seen[0] > seen[1] && seen[1] > seen[2], "{seen:?}");
        let pruner = Hyperband {
            first: 1,
            last: 9,
            factor: 3,
        };
        let of = |wanted| (0..).find(|n| bracket(*n, 1, 9, 3) == wanted).unwrap();
        let (aggressive, patient) = (of(0), of(2));
        let curve = |value: f64| -> Vec<(u32, f64)> { (1..=9).map(|at| (at, value)).collect() };
        let competitor = |number| Trial {
            number,
            state: TrialState::Complete,
            assignment: Assignment::new(),
            value: Some(0.1),
            intermediate: curve(0.1),
        };
        let competitors: Vec<Trial> = (100..400).map(competitor).collect();
        let decided = |number, step| {
            pruner.decide(&RunningTrial {
                number,
                history: &competitors,
                curve: &curve(0.5),
                step,
            })
        };
        assert_eq!(decided(aggressive, 1), Prune);
        assert_eq!(
            [decided(patient, 3), decided(patient, 9)],
            [Continue, Prune]
        );
    }
}
