//! When a worker is ended against its will, and what its death means for its trial. It measures and ends nothing itself.

use std::time::Duration;

use xp_host::{
    resources::{bytes, free_memory},
    worker::{Exit, Usage},
};
use xp_search::Outcome;

use crate::context::Options;

/// Share of the free memory that all workers together may use where no limit is said.
const SHARE: f64 = 0.95;
/// Silence, as a multiple of the limit, after which one that computes is hung too: threads that wait for each other compute.
const ENDLESS: u32 = 12;
/// Processor time below which a silent worker is not working.
const IDLE: Duration = Duration::from_secs(1);

/// What one trial may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    /// Time of one trial.
    pub(super) time: Option<Duration>,
    /// Resident memory of one worker, bytes.
    pub(super) memory: Option<u64>,
    /// How long a worker may send no message without computing.
    pub(super) silence: Duration,
}

impl Limits {
    /// What one trial of so many at a time may use.
    pub(super) fn new(options: &Options, jobs: usize) -> Self {
        Self {
            time: options.trial_timeout.map(Duration::from_secs),
            memory: Self::memory_of_each(options.trial_memory, free_memory(), jobs),
            silence: Duration::from_secs(options.hung_after),
        }
    }

    /// The limit that is said, or else an equal share of what is free: a search must not drive its machine into swap (F24).
    fn memory_of_each(said: Option<u64>, free: Option<u64>, jobs: usize) -> Option<u64> {
        said.or_else(|| free.map(|free| (free as f64 * SHARE / jobs.max(1) as f64) as u64))
    }
}

/// What is known of a busy worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Measured {
    /// Since its trial began, without pauses for heat.
    pub(super) busy: Duration,
    /// Since its last message.
    pub(super) silent: Duration,
    /// Processor time since then; absent where it is not known.
    pub(super) worked: Option<Duration>,
    pub(super) usage: Option<Usage>,
}

/// Why the search ended a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Time(Duration),
    Memory {
        used: u64,
        limit: u64,
    },
    Hung(Duration),
    /// The machine's memory is nearly full, and this worker holds most of it.
    Full(u64),
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Time(limit) => write!(f, "it ran longer than {} s", limit.as_secs_f64()),
            Self::Hung(silent) => write!(
                f,
                "it hung: no heartbeat for {:.0} s (--hung-after)",
                silent.as_secs_f64()
            ),
            Self::Full(used) => write!(
                f,
                "the machine's memory was nearly full and it held {}; start fewer by --jobs, or end other programs",
                bytes(*used)
            ),
            Self::Memory { used, limit } => write!(
                f,
                "it used {}, its limit is {} (--trial-memory)",
                bytes(*used),
                bytes(*limit)
            ),
        }
    }
}

/// Whether a busy worker must be ended.
pub(super) fn exceeded(limits: &Limits, measured: &Measured) -> Option<Verdict> {
    if let Some((used, limit)) = too_large(limits, measured.usage) {
        return Some(Verdict::Memory { used, limit });
    }
    if let Some(limit) = limits.time
        && measured.busy > limit
    {
        return Some(Verdict::Time(limit));
    }
    hung(limits, measured)
}

/// Whether a worker has not spoken for too long. One that computes, such as a validation of minutes, has far longer.
pub(super) fn hung(limits: &Limits, measured: &Measured) -> Option<Verdict> {
    let idle = measured.worked.is_some_and(|worked| worked < IDLE);
    let hung = (measured.silent > limits.silence && idle)
        || measured.silent > limits.silence.saturating_mul(ENDLESS);
    hung.then_some(Verdict::Hung(measured.silent))
}

/// Memory in use and its limit, where it is above.
pub(super) fn too_large(limits: &Limits, usage: Option<Usage>) -> Option<(u64, u64)> {
    let (limit, usage) = (limits.memory?, usage?);
    (usage.memory > limit).then_some((usage.memory, limit))
}

/// What a death means for its trial.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Death {
    /// The trial ends so, with a message for people.
    Ends(Outcome, String),
    /// Somebody else ended the worker: the trial is taken over.
    Lost(String),
}

/// Judges the death of a busy worker: `verdict` where the search ended it, `oom_killed` whether the kernel has meanwhile ended
/// a process for want of memory, `stderr` its last words.
pub(super) fn judge(exit: Exit, verdict: Option<Verdict>, oom_killed: bool, stderr: &str) -> Death {
    if let Some(verdict) = verdict {
        let outcome = match verdict {
            Verdict::Time(_) | Verdict::Hung(_) => Outcome::TimedOut,
            Verdict::Memory { .. } | Verdict::Full(_) => Outcome::OutOfMemory,
        };
        return Death::Ends(outcome, verdict.to_string());
    }
    let no_memory = |text: String| Death::Ends(Outcome::OutOfMemory, text);
    // What Rust and C++ say of a failed allocation before they abort.
    let unallocated = ["memory allocation of", "bad_alloc", "out of memory"];
    if let Some(line) = stderr
        .lines()
        .find(|line| unallocated.iter().any(|words| line.contains(words)))
    {
        return no_memory(line.to_owned());
    }
    match exit {
        Exit::Signal(9) if oom_killed => {
            no_memory("the kernel ended it because memory had run out (OOM killer)".to_owned())
        }
        Exit::Signal(1 | 2 | 9 | 15) => {
            Death::Lost(format!("its worker was killed from outside: {exit}"))
        }
        _ => {
            let words = stderr.trim();
            let said = if words.is_empty() {
                String::new()
            } else {
                format!(": {words}")
            };
            let message = format!("its worker died by {exit}{said}");
            Death::Ends(
                Outcome::Failed {
                    message: message.clone(),
                },
                message,
            )
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "a test may state what it believes")]
    use super::*;

    const LIMITS: Limits = Limits {
        time: Some(Duration::from_secs(100)),
        memory: Some(1 << 30),
        silence: Duration::from_secs(60),
    };

    #[test]
    fn only_what_exceeds_a_limit_is_ended() {
        let seconds = Duration::from_secs;
        for (busy, silent, worked, memory, expected) in [
            (99, 0, None, 1, None),
            (101, 0, None, 1, Some(Verdict::Time(seconds(100)))),
            // A long validation computes.
            (90, 80, Some(seconds(75)), 1, None),
            // Nothing is known of its processor time.
            (90, 80, None, 1, None),
            // Its threads wait for each other in a loop.
            (
                90,
                721,
                Some(seconds(700)),
                1,
                Some(Verdict::Hung(seconds(721))),
            ),
            (
                90,
                80,
                Some(Duration::ZERO),
                1,
                Some(Verdict::Hung(seconds(80))),
            ),
            (
                5,
                0,
                None,
                2 << 30,
                Some(Verdict::Memory {
                    used: 2 << 30,
                    limit: 1 << 30,
                }),
            ),
        ] {
            let measured = Measured {
                busy: seconds(busy),
                silent: seconds(silent),
                worked,
                usage: Some(Usage {
                    memory,
                    processor: seconds(1),
                }),
            };
            assert_eq!(exceeded(&LIMITS, &measured), expected, "{measured:?}");
        }
        assert_eq!(
            Limits::memory_of_each(None, Some(1000), 2),
            Some(475),
            "a share of what is free"
        );
        assert_eq!(Limits::memory_of_each(Some(7), Some(1000), 2), Some(7));
        assert_eq!(Limits::memory_of_each(None, None, 2), None);
    }

    #[test]
    fn each_death_is_its_own_state() {
        use Exit::{Code, Signal};
        for (exit, verdict, oom_killed, stderr, expected) in [
            (
                Signal(9),
                Some(Verdict::Time(Duration::from_secs(3))),
                true,
                "",
                Some("timed_out"),
            ),
            (
                Signal(9),
                Some(Verdict::Hung(Duration::from_secs(3))),
                false,
                "",
                Some("timed_out"),
            ),
            (
                Signal(9),
                Some(Verdict::Memory { used: 2, limit: 1 }),
                false,
                "",
                Some("out_of_memory"),
            ),
            (Signal(9), None, true, "", Some("out_of_memory")),
            (Signal(9), None, false, "", None),
            (Signal(15), None, false, "", None),
            (
                Signal(6),
                None,
                false,
                "memory allocation of 99 bytes failed",
                Some("out_of_memory"),
            ),
            (Signal(11), None, false, "", Some("failed")),
            (Code(101), None, false, "panicked at x", Some("failed")),
        ] {
            match (judge(exit, verdict, oom_killed, stderr), expected) {
                (Death::Ends(outcome, message), Some(state)) => {
                    assert_eq!(outcome.state().name(), state, "{exit:?} {verdict:?}");
                    assert!(!message.is_empty());
                }
                (Death::Lost(_), None) => {}
                (death, expected) => panic!("{exit:?}: {death:?}, expected {expected:?}"),
            }
        }
    }
}
