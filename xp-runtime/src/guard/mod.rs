//! The guards as the training loop meets them: pauses for heat between batches, resumes, aborts; memory that runs out; Ctrl-C.

use std::{
    cell::{Cell, RefCell},
    thread,
    time::{Duration, Instant},
};

use xp_host::{
    interrupt,
    memory::{Reading, Verdict, judge},
    thermal::{Action, Doubt, Monitor, Thresholds, from_environment},
};

use xp_spec::machine::{ACCEPTABLE, Thermal};

use crate::{error::RunError, output::Output, train::Flow};

/// Reasons of [`Flow::Stop`].
pub(crate) const HEAT: &str = "heat";
pub(crate) const MEMORY: &str = "memory";
pub(crate) const BLIND: &str = "blind";
pub(crate) const INTERRUPT: &str = "interrupt";
pub(crate) const TIMEOUT: &str = "timeout";
pub(crate) const PRUNED: &str = "pruned";

/// How long the temperature may be unknown where it is required, or where the last thing known was heat.
pub(crate) const BLIND_FOR: Duration = Duration::from_secs(30);

/// What ends a pause whose end nobody can see.
pub(crate) const LOST_IN_PAUSE: &str = "it was too hot, and now the temperature is unknown: whether the machine has cooled cannot be told; mend the sensor, or let it cool, then run the same command";

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
    /// Pauses that have ended, and since when the present one lasts.
    paused: Cell<Duration>,
    pausing: Cell<Option<Instant>>,
    /// What was last said of the sensors, so that each change is said once.
    doubt: Cell<Option<Doubt>>,
    /// Since when the temperature has been unknown.
    blind: Cell<Option<Instant>>,
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
        let monitor = Monitor::start(
            from_environment(),
            thresholds(&limits),
            Duration::from_secs(1),
        );
        Self {
            // Pre-flight has told what it found.
            doubt: Cell::new(monitor.doubt()),
            blind: Cell::new(None),
            monitor,
            limits,
            paused: Cell::new(Duration::ZERO),
            pausing: Cell::new(None),
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
        let flow = loop {
            if interrupt::requested() {
                break Flow::Stop(INTERRUPT);
            }
            if self.is_blind(output) {
                break Flow::Stop(BLIND);
            }
            match self.monitor.action() {
                Action::Go => break Flow::Go,
                Action::Abort => break Flow::Stop(HEAT),
                Action::Pause => {
                    if self.pausing.get().is_none() {
                        self.say_paused(output);
                    }
                    thread::sleep(Duration::from_millis(200));
                }
            }
        };
        match flow {
            Flow::Go => {
                if self.pausing.get().is_some() {
                    self.say_resumed(output);
                }
                self.memory.look(output)
            }
            stop => stop,
        }
    }

    /// Stops a validation pass for Ctrl-C and CRITICAL heat; a pause waits for the next batch.
    pub(crate) fn while_judging(&self) -> Flow {
        if interrupt::requested() {
            Flow::Stop(INTERRUPT)
        } else if self.monitor.action() == Action::Abort {
            Flow::Stop(HEAT)
        } else {
            Flow::Go
        }
    }

    /// Begins to count pauses and the highest temperature anew: the next row's.
    pub(crate) fn begin_part(&self) {
        self.paused.set(Duration::ZERO);
        self.monitor.forget_highest();
    }

    /// Whether the machine is about to swap, whoever holds its memory.
    pub(crate) fn memory_is_full(&self) -> bool {
        Reading::now().is_some_and(|reading| matches!(judge(&reading, None), Verdict::Stop(_)))
    }

    /// What to do now, for a caller that makes others wait.
    pub(crate) fn action(&self) -> Action {
        self.monitor.action()
    }

    /// Says that everything waits.
    pub(crate) fn say_paused(&self, output: &Output) {
        output.complain(&format!(
            "paused at {}: goes on below {} °C",
            self.text(),
            self.limits.resume_below
        ));
        self.pausing.set(Some(Instant::now()));
    }

    /// Says that it goes on, and counts the pause.
    pub(crate) fn say_resumed(&self, output: &Output) {
        let since = self.pausing.take();
        let paused = since.map_or(Duration::ZERO, |since| since.elapsed());
        self.paused.set(self.paused.get() + paused);
        output.say(&format!(
            "resumed at {} after {:.0} s",
            self.text(),
            paused.as_secs_f64()
        ));
    }

    /// Says once when the sensors are lost or found again; whether they have been lost for too long where they are required, or in a pause
    /// that would never end.
    pub(crate) fn is_blind(&self, output: &Output) -> bool {
        let doubt = self.monitor.doubt();
        if doubt != self.doubt.replace(doubt) {
            match doubt {
                Some(doubt) => output.complain(&format!(
                    "warning: temperature unknown ({doubt}): the guard cannot protect this machine"
                )),
                None => output.say(&format!("temperature known again: {}", self.text())),
            }
        }
        if doubt.is_none() {
            self.blind.set(None);
            return false;
        }
        let since = self.blind.get().unwrap_or_else(Instant::now);
        self.blind.set(Some(since));
        let matters = self.limits.required || self.monitor.action() != Action::Go;
        matters && since.elapsed() >= BLIND_FOR
    }

    /// Temperature for people, with the highest so far and the time paused.
    pub(crate) fn text(&self) -> String {
        let mut text = self.monitor.celsius().map_or_else(
            || "temperature unknown".to_owned(),
            |celsius| format!("{celsius:.0} °C"),
        );
        if let Some(highest) = self.highest() {
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
        let now = self.pausing.get();
        self.paused.get() + now.map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// Highest reading, °C.
    pub(crate) fn highest(&self) -> Option<f64> {
        self.monitor.highest()
    }

    /// Seconds paused; absent where no sensor was ever read.
    pub(crate) fn paused_seconds(&self) -> Option<f64> {
        self.highest().map(|_| self.all_paused().as_secs_f64())
    }

    /// The error of a stop.
    pub(crate) fn stopped(&self, reason: &str) -> RunError {
        match reason {
            BLIND if !self.limits.required => {
                RunError::Thermal(format!("stopped: {LOST_IN_PAUSE}"))
            }
            BLIND => RunError::Thermal(format!(
                "stopped: the temperature has been unknown for {} s and the experiment says `thermal: required`; mend the sensor, then run the same command",
                BLIND_FOR.as_secs()
            )),
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
