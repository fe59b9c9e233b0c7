//! States of the guard and when work pauses, resumes and ends. An absent reading is *unknown*, never cool (F26).

use super::plausibility::plausible;

/// Thresholds between states, °C.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// NORMAL below it.
    pub acceptable: f64,
    /// WARNING above it: work pauses.
    pub warning: f64,
    /// Paused work resumes below it.
    pub resume: f64,
    /// CRITICAL above it: work ends with a checkpoint.
    pub critical: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            acceptable: 70.0,
            warning: 85.0,
            resume: 80.0,
            critical: 95.0,
        }
    }
}

/// How hot the machine is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// No sensor, or none with plausible readings.
    Unknown,
    /// Below 70 °C.
    Normal,
    /// 70 to 85 °C.
    Acceptable,
    /// Above 85 °C.
    Warning,
    /// Above 95 °C.
    Critical,
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Unknown => "unknown",
            Self::Normal => "NORMAL",
            Self::Acceptable => "ACCEPTABLE",
            Self::Warning => "WARNING",
            Self::Critical => "CRITICAL",
        })
    }
}

/// What the loop does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Work.
    Go,
    /// Wait and ask again.
    Pause,
    /// Save and end.
    Abort,
}

/// The state of a reading.
pub fn classify(celsius: Option<f64>, thresholds: &Thresholds) -> State {
    match celsius.and_then(plausible) {
        None => State::Unknown,
        Some(celsius) if celsius > thresholds.critical => State::Critical,
        Some(celsius) if celsius > thresholds.warning => State::Warning,
        Some(celsius) if celsius >= thresholds.acceptable => State::Acceptable,
        Some(_) => State::Normal,
    }
}

/// Pauses above WARNING until below the resume temperature; aborts in CRITICAL, for good: the loop may ask after it is cool again.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Guard {
    thresholds: Thresholds,
    paused: bool,
    aborted: bool,
}

impl Guard {
    /// A guard with these thresholds.
    pub fn new(thresholds: Thresholds) -> Self {
        Self {
            thresholds,
            paused: false,
            aborted: false,
        }
    }

    /// What to do after a reading. A pause stays while the sensor fails, since the last known state was hot; the caller bounds the wait.
    pub fn update(&mut self, celsius: Option<f64>) -> Action {
        let state = classify(celsius, &self.thresholds);
        self.aborted |= state == State::Critical;
        self.paused = match (state, celsius) {
            (State::Critical | State::Warning, _) => true,
            (State::Unknown, _) => self.paused,
            (_, Some(celsius)) => self.paused && celsius >= self.thresholds.resume,
            (_, None) => false,
        };
        match (self.aborted, self.paused) {
            (true, _) => Action::Abort,
            (false, true) => Action::Pause,
            (false, false) => Action::Go,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_are_where_the_design_puts_them() {
        let of = |celsius| classify(celsius, &Thresholds::default());
        for (celsius, expected) in [
            (69.9, State::Normal),
            (70.0, State::Acceptable),
            (85.0, State::Acceptable),
            (85.1, State::Warning),
            (95.0, State::Warning),
            (95.1, State::Critical),
            (0.1, State::Normal),
            (0.0, State::Unknown),
            (-1.0, State::Unknown),
            (127.0, State::Unknown),
            (f64::NAN, State::Unknown),
            (f64::INFINITY, State::Unknown),
        ] {
            assert_eq!(of(Some(celsius)), expected, "{celsius}");
        }
        assert_eq!(of(None), State::Unknown);
    }

    #[test]
    fn pauses_with_hysteresis_and_aborts() {
        let mut guard = Guard::default();
        let steps = [
            (Some(60.0), Action::Go),
            (Some(84.0), Action::Go),
            (Some(86.0), Action::Pause),
            (Some(84.0), Action::Pause),
            (None, Action::Pause),
            (Some(80.0), Action::Pause),
            (Some(79.9), Action::Go),
            (Some(84.0), Action::Go),
            (None, Action::Go),
            (Some(96.0), Action::Abort),
            (Some(50.0), Action::Abort),
        ];
        for (position, (celsius, expected)) in steps.into_iter().enumerate() {
            assert_eq!(guard.update(celsius), expected, "step {position}");
        }
    }
}
