//! The guards as the training loop meets them: pauses for heat between batches, resumes, aborts; memory that runs out; Ctrl-C.

use std::{
    cell::{Cell, RefCell},
    thread,
    time::{Duration, Instant},
};

use xp_host::{
    interrupt,
    memory::{Reading, Verdict, judge},
    thermal::{Action, Monitor, Thresholds, from_environment},
};

use xp_spec::machine::{ACCEPTABLE, Thermal};

use crate::{error::RunError, output::Output, train::Flow};

/// Reasons of [`Flow::Stop`].
pub(crate) const HEAT: &str = "heat";
pub(crate) const MEMORY: &str = "memory";
pub(crate) const INTERRUPT: &str = "interrupt";
pub(crate) const TIMEOUT: &str = "timeout";
pub(crate) const PRUNED: &str = "pruned";

/// The guard's borders for an experiment's limits.
pub(crate) fn thresholds(limits: &Thermal) -> Thresholds {
    Thresholds {
        acceptable: ACCEPTABLE.min(limits.pause_above),
        warning: limits.pause_above,
        resume: limits.resume_below,
        critical: limits.abort_above,
    }
}

/// A running guard.
pub struct ThermalGuard {
    monitor: Monitor,
    limits: Thermal,
    paused: Cell<Duration>,
    memory: MemoryWatch,
}

/// Looks at memory about once a second (F24).
struct MemoryWatch {
    /// What pre-flight estimated, bytes; absent where tensors live elsewhere or no shape is known.
    estimate: Option<u64>,
    last: Cell<Option<Instant>>,
    /// Whether more than the estimate was said.
    said: Cell<bool>,
    /// Why the run was stopped.
    stopped: RefCell<Option<String>>,
}

impl MemoryWatch {
    fn look(&self, output: &Output) -> Flow {
        let second = Duration::from_secs(1);
        if self.last.get().is_some_and(|last| last.elapsed() < second) {
            return Flow::Go;
        }
        self.last.set(Some(Instant::now()));
        match Reading::now().map(|reading| judge(&reading, self.estimate)) {
            Some(Verdict::Stop(why)) => {
                output.complain(&why);
                self.stopped.replace(Some(why));
                Flow::Stop(MEMORY)
            }
            Some(Verdict::Beyond(what)) if !self.said.replace(true) => {
                output.complain(&format!("warning: {what}"));
                Flow::Go
            }
            _ => Flow::Go,
        }
    }
}

impl ThermalGuard {
    /// Starts to watch.
    pub(crate) fn start(limits: Thermal, estimate: Option<u64>) -> Self {
        Self {
            monitor: Monitor::start(
                from_environment(),
                thresholds(&limits),
                Duration::from_secs(1),
            ),
            limits,
            paused: Cell::new(Duration::ZERO),
            memory: MemoryWatch {
                estimate,
                last: Cell::new(None),
                said: Cell::new(false),
                stopped: RefCell::new(None),
            },
        }
    }

    /// Waits while it is too hot; stops for CRITICAL heat, before memory is full, and for Ctrl-C.
    pub(crate) fn before_batch(&self, output: &Output) -> Flow {
        let mut waiting: Option<Instant> = None;
        let flow = loop {
            if interrupt::requested() {
                break Flow::Stop(INTERRUPT);
            }
            match self.monitor.action() {
                Action::Go => break Flow::Go,
                Action::Abort => break Flow::Stop(HEAT),
                Action::Pause => {
                    if waiting.is_none() {
                        output.complain(&format!(
                            "paused at {}: goes on below {} °C",
                            self.text(),
                            self.limits.resume_below
                        ));
                        waiting = Some(Instant::now());
                    }
                    thread::sleep(Duration::from_millis(200));
                }
            }
        };
        if let Some(since) = waiting {
            self.paused.set(self.paused.get() + since.elapsed());
            output.say(&format!(
                "resumed at {} after {:.0} s",
                self.text(),
                since.elapsed().as_secs_f64()
            ));
        }
        match flow {
            Flow::Go => self.memory.look(output),
            stop => stop,
        }
    }

    /// Temperature for people.
    pub(crate) fn text(&self) -> String {
        self.monitor.celsius().map_or_else(
            || "temperature unknown".to_owned(),
            |celsius| format!("{celsius:.0} °C"),
        )
    }

    /// Highest reading, °C.
    pub(crate) fn highest(&self) -> Option<f64> {
        self.monitor.highest()
    }

    /// Seconds paused; absent where no sensor was ever read.
    pub(crate) fn paused_seconds(&self) -> Option<f64> {
        self.highest().map(|_| self.paused.get().as_secs_f64())
    }

    /// The error of a stop.
    pub(crate) fn stopped(&self, reason: &str) -> RunError {
        match reason {
            HEAT => RunError::Thermal(format!(
                "stopped at {}: above {} °C; let the machine cool, then run the same command",
                self.text(),
                self.limits.abort_above
            )),
            MEMORY => RunError::Failed(format!(
                "{}; what was trained is kept: run the same command to go on",
                self.memory
                    .stopped
                    .borrow()
                    .as_deref()
                    .unwrap_or("memory is nearly full")
            )),
            _ => RunError::Interrupted("interrupted; run the same command to go on".to_owned()),
        }
    }
}
