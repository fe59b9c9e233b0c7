//! What is shown of a search while it runs: a row for each worker, and one for the whole.

use xp_search::{Trial, best};
use xp_spec::duration::readable;

use super::pool::{Busy, Pool, State};
use crate::{journal::Row, study::ended};

/// How fast trials end.
pub(super) struct Pace {
    /// Trials that have ended since the search was started.
    pub(super) ended: usize,
    /// Those that run, each as the share of its steps that it has made.
    pub(super) running: f64,
    /// Time since then, seconds.
    pub(super) seconds: f64,
    /// Time until the timeout, seconds.
    pub(super) left: f64,
}

/// The rows of a search for so many trials.
pub(super) fn rows(
    pool: &Pool,
    label: &str,
    (trials, wanted): (&[Trial], u32),
    pace: &Pace,
    temperature: Option<String>,
) -> Vec<Row> {
    let workers = pool.slots.iter().map(|slot| match &slot.state {
        State::Starting => waiting("loads its data"),
        State::Idle => waiting("waits"),
        State::Busy(busy) => trial(busy, label),
    });
    let ended = ended(trials);
    let missing = (wanted as usize).saturating_sub(ended);
    let mut texts: Vec<String> = best_so_far(trials).into_iter().collect();
    texts.extend(pace.each());
    texts.push(pace.left(missing));
    texts.extend(temperature);
    let whole = Row {
        subject: "search".to_owned(),
        share: Some((ended as u64, u64::from(wanted))),
        text: texts.join(", "),
    };
    workers.chain([whole]).collect()
}

fn waiting(text: &str) -> Row {
    Row {
        subject: "worker".to_owned(),
        share: None,
        text: text.to_owned(),
    }
}

fn trial(busy: &Busy, label: &str) -> Row {
    let (step, epoch) = busy.position.unwrap_or_default();
    let mut texts = vec![format!("epoch {epoch:.1}")];
    let objective = busy.objectives.last();
    texts.extend(objective.map(|(_, value)| format!("{label} {value:.4}")));
    let rate = busy.rates.last();
    texts.extend(rate.map(|rate| format!("{rate:.0} samples/s")));
    Row {
        subject: format!("trial {}", busy.task.number),
        share: Some((u64::from(step), u64::from(busy.steps))),
        text: texts.join(", "),
    }
}

impl Pace {
    /// How long a trial takes; absent before one has ended.
    fn each(&self) -> Option<String> {
        let each = self.seconds / self.ended as f64;
        (self.ended > 0).then(|| format!("a trial every {}", readable(each)))
    }

    /// How long the trials that have not ended will take, at the rate of the steps that were made, at most until the timeout.
    pub(super) fn left(&self, missing: usize) -> String {
        let done = self.ended as f64 + self.running;
        let left = self.seconds * (missing as f64 - self.running).max(0.0) / done;
        if done > 0.0 && left < self.left {
            format!("about {} left", readable(left))
        } else {
            format!("timeout in {}", readable(self.left))
        }
    }
}

/// `best 0.6123 (trial 7)`, absent where no trial has a value.
pub(super) fn best_so_far(trials: &[Trial]) -> Option<String> {
    let best = best(trials)?;
    let value = best.value?;
    Some(format!("best {value:.4} (trial {})", best.number))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

    use super::Pace;

    #[test]
    fn time_left_is_that_of_the_missing_trials_or_of_the_timeout() {
        let pace = |ended, running, left| Pace {
            ended,
            running,
            seconds: 60.0,
            left,
        };
        assert_eq!(pace(0, 0.0, 600.0).each(), None);
        assert_eq!(pace(3, 0.0, 600.0).each().unwrap(), "a trial every 20 s");
        assert_eq!(pace(0, 0.0, 600.0).left(4), "timeout in 10 min");
        // Before the first has ended: half of one of four.
        assert_eq!(pace(0, 0.5, 600.0).left(4), "about 7 min left");
        assert_eq!(pace(3, 0.0, 600.0).left(4), "about 80 s left");
        assert_eq!(pace(3, 0.0, 60.0).left(4), "timeout in 60 s");
    }
}
