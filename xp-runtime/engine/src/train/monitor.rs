//! Monitors of a running training: pure judgements on its numbers. They stop nothing themselves.

use serde::{Deserialize, Serialize};

/// Standard deviation of validation probabilities below which a model predicts the class prior (F29).
pub(super) const COLLAPSED: f64 = 0.01;
/// Evaluations after the warm-up from which collapse is judged: a head that starts at the class prior is there before.
pub(super) const COLLAPSE_EVALUATIONS: u32 = 5;
/// Training loss above which a run counts as diverged; a useless model has ln 2.
pub(super) const DIVERGED: f64 = 20.0;
/// Evaluations over which a plateau is judged.
pub(super) const PLATEAU_EVALUATIONS: usize = 8;
/// Share of the objective by which a plateau's best evaluation must have been beaten.
pub(super) const PLATEAU_GAIN: f64 = 1e-3;
/// Share of the usual throughput below which a run is slow (F45).
pub(super) const SLOW: f64 = 0.5;
/// Measurements that make a usual throughput.
pub(super) const USUAL: usize = 3;

/// What a monitor found; the names are those of the log's `flags`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// It predicts the class prior.
    Collapsed,
    /// The validation objective has stopped falling.
    Plateau,
    /// Throughput fell far below the run's own median.
    Slow,
    /// The loss or the gradient was not finite.
    NonFinite,
    /// The loss exploded.
    Diverged,
    /// A checkpoint could not be written.
    NoCheckpoint,
}

impl Flag {
    /// Its name in the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Collapsed => "collapsed",
            Self::Plateau => "plateau",
            Self::Slow => "slow",
            Self::NonFinite => "non_finite",
            Self::Diverged => "diverged",
            Self::NoCheckpoint => "no_checkpoint",
        }
    }
}

/// How a training is lost (F30).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Divergence {
    /// The loss or the gradient is not finite.
    NonFinite,
    /// The loss is above [`DIVERGED`].
    Exploded,
}

impl Divergence {
    /// As a flag.
    pub(super) fn flag(self) -> Flag {
        match self {
            Self::NonFinite => Flag::NonFinite,
            Self::Exploded => Flag::Diverged,
        }
    }
}

/// Whether a step's training loss and gradient norm say that the training is lost; `scale` is how much a loss weighs its samples at most.
pub(super) fn divergence(loss: f64, norm: f64, scale: f64) -> Option<Divergence> {
    if !loss.is_finite() || !norm.is_finite() {
        return Some(Divergence::NonFinite);
    }
    (loss > DIVERGED * scale).then_some(Divergence::Exploded)
}

/// Whether the predictions of an evaluation are the class prior; judged from so many evaluations after the warm-up on
/// ([`COLLAPSE_EVALUATIONS`]), or at the end of a shorter training.
pub(super) fn collapsed(after_warmup: u32, last: bool, spread: f64) -> bool {
    (after_warmup >= COLLAPSE_EVALUATIONS || last) && spread < COLLAPSED
}

/// Whether the last [`PLATEAU_EVALUATIONS`] objectives brought nothing: their best is not below the best before by [`PLATEAU_GAIN`] of it.
pub(super) fn plateau(objectives: &[f64]) -> bool {
    let least = |values: &[f64]| values.iter().copied().fold(f64::INFINITY, f64::min);
    let Some(before) = objectives.len().checked_sub(PLATEAU_EVALUATIONS) else {
        return false;
    };
    let (before, recent) = objectives.split_at(before);
    !before.is_empty() && least(recent) > least(before) * (1.0 - PLATEAU_GAIN)
}

/// The usual throughput, where the latest one is below [`SLOW`] of it: the median of those before.
pub(super) fn slow(before: &[f64], latest: f64) -> Option<f64> {
    if before.len() < USUAL {
        return None;
    }
    let mut sorted = before.to_vec();
    sorted.sort_by(f64::total_cmp);
    let median = *sorted.get(sorted.len() / 2)?;
    (latest < SLOW * median).then_some(median)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// F30
    #[test]
    fn divergence_is_told_from_a_bad_loss() {
        for (loss, norm, expected) in [
            (0.69, 1.0, None),
            (19.9, 1e9, None),
            (20.1, 1.0, Some(Divergence::Exploded)),
            (100.0, 1.0, Some(Divergence::Exploded)),
            (f64::NAN, 1.0, Some(Divergence::NonFinite)),
            (f64::INFINITY, 1.0, Some(Divergence::NonFinite)),
            (0.69, f64::NAN, Some(Divergence::NonFinite)),
            (0.69, f64::INFINITY, Some(Divergence::NonFinite)),
        ] {
            assert_eq!(divergence(loss, norm, 1.0), expected, "{loss} {norm}");
        }
        // One positive of weight 50 in a batch of 32, missed by a healthy model.
        assert_eq!(divergence(20.1, 1.0, 50.0), None);
        assert_eq!(divergence(1001.0, 1.0, 50.0), Some(Divergence::Exploded));
    }

    /// F29
    #[test]
    fn collapse_is_judged_from_the_fifth_evaluation_after_the_warm_up_or_at_the_end() {
        for (after_warmup, last, spread, expected) in [
            (1, false, 0.001, false),
            (4, false, 0.001, false),
            (5, false, 0.009, true),
            (5, false, 0.011, false),
            (40, false, 0.0, true),
            (2, true, 0.001, true),
            (2, true, 0.05, false),
            (5, false, f64::NAN, false),
        ] {
            let found = collapsed(after_warmup, last, spread);
            assert_eq!(found, expected, "{after_warmup} {spread}");
        }
    }

    #[test]
    fn a_plateau_is_eight_evaluations_that_bring_nothing() {
        let flat = [0.6; 8];
        for (before, recent, expected) in [
            (&[][..], flat, false),
            (&[0.61], flat, false),
            (&[0.6], flat, true),
            (&[0.5], flat, true),
            (&[0.7, 0.6, 0.65], flat, true),
            (&[0.6], [0.6, 0.7, 0.8, 0.9, 0.59, 0.7, 0.7, 0.7], false),
            (&[0.6], [0.5999; 8], true),
        ] {
            let all: Vec<f64> = before.iter().chain(&recent).copied().collect();
            assert_eq!(plateau(&all), expected, "{before:?} {recent:?}");
        }
        assert!(!plateau(&[0.6; 8]));
    }

    /// F45
    #[test]
    fn slow_is_half_of_the_runs_own_median() {
        for (before, latest, expected) in [
            (&[][..], 1.0, None),
            (&[100.0, 100.0], 1.0, None),
            (&[100.0, 100.0, 100.0], 49.0, Some(100.0)),
            (&[100.0, 100.0, 100.0], 51.0, None),
            // One fast and one slow measurement do not move a median.
            (&[100.0, 5.0, 900.0, 110.0, 90.0], 45.0, Some(100.0)),
            (&[100.0, 5.0, 900.0, 110.0, 90.0], 60.0, None),
        ] {
            assert_eq!(slow(before, latest), expected, "{before:?} {latest}");
        }
    }
}
