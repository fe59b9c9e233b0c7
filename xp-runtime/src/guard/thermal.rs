//! The guards as the training loop meets them: pauses for heat between batches, resumes, aborts; memory that runs out; Ctrl-C.

use std::time::{Duration, Instant};

use xp_clock::Clock;
use xp_engine::train::Flow;
use xp_host::{
    interrupt,
    thermal::{Action, Monitor, SensorFault, Thresholds, from_environment},
};
use xp_spec::machine::{ACCEPTABLE, Thermal};

use super::{
    memory::{MemoryWatchdog, is_full},
    reason::{HEAT, INTERRUPT, MEMORY, SENSOR_LOST},
};
use crate::{
    context::RunError,
    journal::{Heat, Journal},
};

/// How long the temperature may be unknown where it is required, or where the last reading was too hot.
pub(crate) const UNKNOWN_FOR: Duration = Duration::from_secs(30);

/// What ends a pause whose end cannot be observed.
pub(crate) const LOST_IN_PAUSE: &str = "it was too hot, and now the temperature is unknown: whether the machine has cooled is unknown; repair the sensor, or let it cool, then run the same command";

/// How often a paused run reads the temperature.
const PAUSE: Duration = Duration::from_millis(200);

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
#[derive(Debug)]
pub struct ThermalGuard {
    monitor: Monitor,
    limits: Thermal,
    clock: Clock,
    /// Pauses that have ended.
    paused: Duration,
    /// Since when the present pause lasts.
    pausing: Option<Instant>,
    /// What was last printed of the sensors, so that each change is printed once.
    fault: Option<SensorFault>,
    /// Since when the temperature has been unknown.
    unknown: Option<Instant>,
    memory: MemoryWatchdog,
}

impl ThermalGuard {
    /// Starts to watch; `estimate` is the memory that the run needs, bytes.
    pub(crate) fn start(limits: Thermal, estimate: Option<u64>, clock: &Clock) -> Self {
        let monitor = Monitor::start(
            from_environment(),
            thresholds(&limits),
            Duration::from_secs(1),
            clock,
        );
        Self {
            // Pre-flight has printed what it found.
            fault: monitor.fault(),
            unknown: None,
            monitor,
            limits,
            clock: clock.clone(),
            paused: Duration::ZERO,
            pausing: None,
            memory: MemoryWatchdog::new(estimate),
        }
    }

    /// Waits while it is too hot; stops for CRITICAL heat, before memory is full, and for Ctrl-C.
    pub(crate) fn before_batch(&mut self, journal: &Journal<'_>) -> Flow {
        loop {
            if interrupt::requested() {
                return Flow::Stop(INTERRUPT);
            }
            if self.sensor_lost(journal) {
                return Flow::Stop(SENSOR_LOST);
            }
            match self.monitor.action() {
                Action::Go => break,
                Action::Abort => return Flow::Stop(HEAT),
                Action::Pause => {
                    if self.pausing.is_none() {
                        self.pause(journal);
                    }
                    self.clock.sleep(PAUSE);
                }
            }
        }
        if self.pausing.is_some() {
            self.resume(journal);
        }
        self.memory.check(&self.clock, journal)
    }

    /// Stops a validation pass for Ctrl-C and CRITICAL heat; a pause waits for the next batch.
    pub(crate) fn during_validation(&self) -> Flow {
        if interrupt::requested() {
            Flow::Stop(INTERRUPT)
        } else if self.monitor.action() == Action::Abort {
            Flow::Stop(HEAT)
        } else {
            Flow::Continue
        }
    }

    /// Counts pauses and the highest temperature from now on: those of the next row.
    pub(crate) fn reset(&mut self) {
        self.paused = Duration::ZERO;
        self.monitor.reset_highest();
    }

    /// Whether the machine is about to swap, whoever holds its memory.
    pub(crate) fn memory_is_full(&self) -> bool {
        is_full()
    }

    /// What to do now, for a caller that makes others wait.
    pub(crate) fn action(&self) -> Action {
        self.monitor.action()
    }

    /// Begins a pause.
    pub(crate) fn pause(&mut self, journal: &Journal<'_>) {
        journal.warn(&format!(
            "paused at {}: resumes below {} °C",
            self.temperature(),
            self.limits.resume_below
        ));
        self.pausing = Some(self.clock.now());
    }

    /// Ends a pause and counts it.
    pub(crate) fn resume(&mut self, journal: &Journal<'_>) {
        let since = self.pausing.take();
        let paused = since.map_or(Duration::ZERO, |since| self.clock.since(since));
        self.paused += paused;
        journal.info(&format!(
            "resumed at {} after {:.0} s",
            self.temperature(),
            paused.as_secs_f64()
        ));
    }

    /// Prints once when the sensors are lost or found again; whether they have been lost for too long where they are required, or in a pause
    /// that would never end.
    pub(crate) fn sensor_lost(&mut self, journal: &Journal<'_>) -> bool {
        let fault = self.monitor.fault();
        if fault != self.fault {
            match fault {
                Some(fault) => journal.warn(&format!(
                    "warning: temperature unknown ({fault}): the guard cannot protect this machine"
                )),
                None => journal.info(&format!("temperature known again: {}", self.temperature())),
            }
            self.fault = fault;
        }
        if fault.is_none() {
            self.unknown = None;
            return false;
        }
        let since = *self.unknown.get_or_insert_with(|| self.clock.now());
        let matters = self.limits.required || self.monitor.action() != Action::Go;
        matters && self.clock.since(since) >= UNKNOWN_FOR
    }

    /// Temperature for people, with the highest so far and the time paused; absent where it was never known, which pre-flight has said.
    pub(crate) fn text(&self) -> Option<String> {
        self.monitor.highest().map(|_| self.temperature())
    }

    fn temperature(&self) -> String {
        let mut text = self.monitor.celsius().map_or_else(
            || "temperature unknown".to_owned(),
            |celsius| format!("{celsius:.0} °C"),
        );
        if let Some(highest) = self.monitor.highest() {
            text += &format!(" (highest {highest:.0})");
        }
        let paused = self.all_paused();
        if paused > Duration::ZERO {
            text += &format!(", paused {:.0} s", paused.as_secs_f64());
        }
        text
    }

    /// All pauses, with the one that lasts: a run may be stopped in it.
    fn all_paused(&self) -> Duration {
        let current = self.pausing.map(|since| self.clock.since(since));
        self.paused + current.unwrap_or_default()
    }

    /// Highest reading and time paused since the start or the last [`Self::reset`].
    pub(crate) fn heat(&self) -> Heat {
        let highest = self.monitor.highest();
        Heat {
            highest,
            paused_seconds: highest.map(|_| self.all_paused().as_secs_f64()),
        }
    }

    /// The error of a stop.
    pub(crate) fn error(&self, reason: &str) -> RunError {
        match reason {
            SENSOR_LOST if !self.limits.required => {
                RunError::Thermal(format!("stopped: {LOST_IN_PAUSE}"))
            }
            SENSOR_LOST => RunError::Thermal(format!(
                "stopped: the temperature has been unknown for {} s and the experiment requires it (`thermal: required`); repair the sensor, then run the same command",
                UNKNOWN_FOR.as_secs()
            )),
            HEAT => RunError::Thermal(format!(
                "stopped at {}: above {} °C; let the machine cool, then run the same command",
                self.temperature(),
                self.limits.abort_above
            )),
            MEMORY => RunError::Failed(format!(
                "{}; training progress is kept: run the same command to resume",
                self.memory.reason()
            )),
            _ => RunError::Interrupted(match interrupt::reason() {
                Some(why) => format!("interrupted by {why}; run the same command to resume"),
                None => "interrupted; run the same command to resume".to_owned(),
            }),
        }
    }
}
