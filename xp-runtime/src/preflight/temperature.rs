//! The temperature before a run: refused in CRITICAL, waited for in WARNING, and an unknown one is reported (F26).

use std::time::{Duration, Instant};

use xp_host::{
    interrupt,
    resources::{Finding, Severity},
    thermal::{Action, Monitor, State, from_environment},
};

use crate::{
    context::{Context, RunError},
    guard::{LOST_IN_PAUSE, UNKNOWN_FOR, thresholds},
    journal::{Journal, Row},
};

/// How often the temperature is read while a machine cools.
const INTERVAL: Duration = Duration::from_millis(500);

/// Starts to read the sensors.
pub(super) fn monitor(context: &Context) -> Monitor {
    Monitor::start(
        from_environment(),
        thresholds(&context.experiment.thermal),
        INTERVAL,
        &context.clock,
    )
}

/// The finding, and whether it is CRITICAL heat.
pub(super) fn finding(context: &Context, monitor: &Monitor) -> (Finding, bool) {
    let celsius = monitor.celsius();
    let limits = &context.experiment.thermal;
    let state = monitor.state();
    let name = match monitor.fault() {
        None => monitor.name().to_owned(),
        Some(fault) => format!("{}: {fault}", monitor.name()),
    };
    let reading = celsius.map_or_else(String::new, |celsius| format!("{celsius:.0} °C, "));
    let text = format!("{reading}{state} ({name})");
    let finding = match state {
        State::Unknown if limits.required => Finding::new(
            Severity::Error,
            "temperature",
            format!(
                "{text}: `thermal: required` refuses to run without a temperature; name a file with °C in XP_THERMAL_FILE, or drop the rule"
            ),
        ),
        State::Unknown => Finding::new(
            Severity::Warning,
            "temperature",
            format!(
                "UNKNOWN ({name}): the thermal guard cannot protect this machine; `thermal: required` would refuse"
            ),
        ),
        State::Critical => Finding::new(
            Severity::Error,
            "temperature",
            format!(
                "{text}: above {} °C; let the machine cool first",
                limits.abort_above
            ),
        ),
        State::Warning => Finding::new(
            Severity::Warning,
            "temperature",
            format!("{text}: waiting until below {} °C", limits.resume_below),
        ),
        State::Normal | State::Acceptable => Finding::new(Severity::Good, "temperature", text),
    };
    (finding, state == State::Critical)
}

/// Waits in WARNING until it is cool enough to resume.
pub(super) fn cool_down(
    context: &Context,
    journal: &Journal<'_>,
    monitor: &Monitor,
) -> Result<(), RunError> {
    let (limits, clock) = (&context.experiment.thermal, &context.clock);
    let mut lost: Option<Instant> = None;
    loop {
        lost = monitor.fault().map(|_| lost.unwrap_or_else(|| clock.now()));
        if interrupt::requested() {
            return Err(RunError::Interrupted(
                "interrupted before anything was computed".to_owned(),
            ));
        }
        match monitor.action() {
            Action::Go => return Ok(()),
            Action::Abort => {
                return Err(RunError::Thermal(format!(
                    "it became hotter than {} °C while waiting; let the machine cool first",
                    limits.abort_above
                )));
            }
            Action::Pause if lost.is_some_and(|since| clock.since(since) >= UNKNOWN_FOR) => {
                return Err(RunError::Thermal(format!("not started: {LOST_IN_PAUSE}")));
            }
            Action::Pause => {
                journal.show_progress(&[Row {
                    subject: "waiting".to_owned(),
                    share: None,
                    text: format!("for the machine to cool below {} °C", limits.resume_below),
                }]);
                clock.sleep(INTERVAL);
            }
        }
    }
}
