//! A thread that polls a source about once a second; the training loop reads atomics.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::{
    belief::{Belief, Doubt},
    source::Source,
    state::{Action, Guard, State, Thresholds, classify},
};

/// No reading, as bits of a NaN: absent is never a number.
const ABSENT: u64 = f64::NAN.to_bits();

#[derive(Debug)]
struct Shared {
    action: AtomicU8,
    current: AtomicU64,
    highest: AtomicU64,
    /// 0 where the newest reading is believed, else why not.
    doubt: AtomicU8,
    ended: AtomicBool,
}

/// A running guard; it ends when dropped.
#[derive(Debug)]
pub struct Monitor {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    thresholds: Thresholds,
}

impl Monitor {
    /// Starts polling, with a first reading before this returns.
    pub fn start(mut source: Box<dyn Source>, thresholds: Thresholds, every: Duration) -> Self {
        let shared = Arc::new(Shared {
            action: AtomicU8::new(0),
            current: AtomicU64::new(ABSENT),
            highest: AtomicU64::new(ABSENT),
            doubt: AtomicU8::new(0),
            ended: AtomicBool::new(false),
        });
        let mut guard = Guard::new(thresholds);
        let mut belief = Belief::default();
        let started = Instant::now();
        let first = belief.hottest(source.read(), Duration::ZERO);
        observe(&shared, &mut guard, first);
        let polled = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            while !polled.ended.load(Ordering::Relaxed) {
                thread::park_timeout(every);
                let reading = belief.hottest(source.read(), started.elapsed());
                observe(&polled, &mut guard, reading);
            }
        });
        Self {
            shared,
            thread: Some(thread),
            thresholds,
        }
    }

    /// What to do now.
    pub fn action(&self) -> Action {
        match self.shared.action.load(Ordering::Relaxed) {
            0 => Action::Go,
            1 => Action::Pause,
            _ => Action::Abort,
        }
    }

    /// The newest reading, °C.
    pub fn celsius(&self) -> Option<f64> {
        decode(self.shared.current.load(Ordering::Relaxed))
    }

    /// Why the temperature is unknown now; absent where it is known.
    pub fn doubt(&self) -> Option<Doubt> {
        match self.shared.doubt.load(Ordering::Relaxed) {
            0 => None,
            1 => Some(Doubt::Absent),
            2 => Some(Doubt::Nonsense),
            _ => Some(Doubt::Frozen),
        }
    }

    /// The highest reading, °C.
    pub fn highest(&self) -> Option<f64> {
        decode(self.shared.highest.load(Ordering::Relaxed))
    }

    /// State of the newest reading.
    pub fn state(&self) -> State {
        classify(self.celsius(), &self.thresholds)
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // A panic in a source must not become one here.
            let _ = thread.join();
        }
    }
}

fn observe(shared: &Shared, guard: &mut Guard, reading: Result<f64, Doubt>) {
    let doubt = match reading {
        Ok(_) => 0,
        Err(Doubt::Absent) => 1,
        Err(Doubt::Nonsense) => 2,
        Err(Doubt::Frozen) => 3,
    };
    shared.doubt.store(doubt, Ordering::Relaxed);
    let celsius = reading.ok();
    let action = match guard.update(celsius) {
        Action::Go => 0,
        Action::Pause => 1,
        Action::Abort => 2,
    };
    shared
        .current
        .store(celsius.map_or(ABSENT, f64::to_bits), Ordering::Relaxed);
    let highest = decode(shared.highest.load(Ordering::Relaxed));
    if let Some(celsius) =
        celsius.filter(|celsius| highest.is_none_or(|highest| *celsius > highest))
    {
        shared.highest.store(celsius.to_bits(), Ordering::Relaxed);
    }
    shared.action.store(action, Ordering::Relaxed);
}

fn decode(bits: u64) -> Option<f64> {
    Some(f64::from_bits(bits)).filter(|celsius| !celsius.is_nan())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::thermal::FileSource;

    #[test]
    fn follows_a_file_from_work_to_pause_to_abort_to_unknown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("celsius");
        std::fs::write(&path, "60\n").unwrap();
        let monitor = Monitor::start(
            Box::new(FileSource::new(&path)),
            Thresholds::default(),
            Duration::from_millis(1),
        );
        assert_eq!(
            (monitor.action(), monitor.celsius(), monitor.state()),
            (Action::Go, Some(60.0), State::Normal)
        );
        let becomes = |text: &str, action: Action, state: State| {
            std::fs::write(&path, text).unwrap();
            while (monitor.action(), monitor.state()) != (action, state) {
                thread::yield_now();
            }
        };
        becomes("90", Action::Pause, State::Warning);
        becomes("broken", Action::Pause, State::Unknown);
        assert_eq!(monitor.doubt(), Some(Doubt::Absent));
        becomes("-1", Action::Pause, State::Unknown);
        while monitor.doubt() != Some(Doubt::Nonsense) {
            thread::yield_now();
        }
        becomes("75", Action::Go, State::Acceptable);
        becomes("99", Action::Abort, State::Critical);
        assert_eq!(monitor.highest(), Some(99.0));
    }
}
