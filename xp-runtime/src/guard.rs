//! The thermal guard as the training loop meets it: pauses between batches, resumes, aborts; and Ctrl-C.

use std::{
    thread,
    time::{Duration, Instant},
};

use xp_host::{
    interrupt,
    thermal::{Action, Monitor, Thresholds, from_environment},
};

use xp_spec::machine::{ACCEPTABLE, Thermal};

use crate::{error::RunError, output::Output, train::Flow};

/// Reasons of [`Flow::Stop`].
pub(crate) const HEAT: &str = "heat";
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
    paused: std::cell::Cell<Duration>,
}

impl ThermalGuard {
    /// Starts to watch.
    pub(crate) fn start(limits: Thermal) -> Self {
        Self {
            monitor: Monitor::start(
                from_environment(),
                thresholds(&limits),
                Duration::from_secs(1),
            ),
            limits,
            paused: std::cell::Cell::new(Duration::ZERO),
        }
    }

    /// Waits while it is too hot; stops for CRITICAL heat and for Ctrl-C.
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
        flow
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
            _ => RunError::Interrupted("interrupted; run the same command to go on".to_owned()),
        }
    }
}
