//! A thread that polls a source about once a second; the training loop reads atomics.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering},
        mpsc,
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::{
    belief::{Belief, Believed, Doubt},
    source::Source,
    state::{Action, Guard, State, Thresholds, classify},
};

/// No reading, as bits of a NaN: absent is never a number.
const ABSENT: u64 = f64::NAN.to_bits();
/// A source that has not answered for so long hangs.
const SILENT: Duration = Duration::from_secs(10);
/// How long a start waits for the first reading.
const FIRST: Duration = Duration::from_secs(2);
/// How long a dropped monitor waits for its thread.
const FAREWELL: Duration = Duration::from_millis(500);

#[derive(Debug)]
struct Shared {
    action: AtomicU8,
    current: AtomicU64,
    highest: AtomicU64,
    /// 0 where the newest reading is believed, else why not.
    doubt: AtomicU8,
    /// Milliseconds after the start at which the source last answered.
    answered: AtomicU64,
    ended: AtomicBool,
    /// What the source calls itself.
    name: OnceLock<String>,
}

/// A running guard; it ends when dropped.
#[derive(Debug)]
pub struct Monitor {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    thresholds: Thresholds,
    started: Instant,
    silent: Duration,
}

impl Monitor {
    /// Starts polling, with a first reading before this returns unless the source hangs.
    pub fn start(source: Box<dyn Source>, thresholds: Thresholds, every: Duration) -> Self {
        Self::with_silence(source, thresholds, every, SILENT)
    }

    fn with_silence(
        mut source: Box<dyn Source>,
        thresholds: Thresholds,
        every: Duration,
        silent: Duration,
    ) -> Self {
        let shared = Arc::new(Shared {
            action: AtomicU8::new(0),
            current: AtomicU64::new(ABSENT),
            highest: AtomicU64::new(ABSENT),
            doubt: AtomicU8::new(code(Doubt::Silent)),
            answered: AtomicU64::new(0),
            ended: AtomicBool::new(false),
            name: OnceLock::new(),
        });
        let started = Instant::now();
        let polled = Arc::clone(&shared);
        let (read, first) = mpsc::channel();
        let thread = thread::spawn(move || {
            let mut guard = Guard::new(thresholds);
            let mut belief = Belief::default();
            // It asks the sensors as well, and may hang as they do.
            polled.name.get_or_init(|| source.name());
            while !polled.ended.load(Ordering::Relaxed) {
                let believed = belief.weigh(&source.read(), started.elapsed());
                observe(&polled, &mut guard, believed, &thresholds);
                let at = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
                polled.answered.store(at, Ordering::Relaxed);
                // Nobody waits for more than the first.
                let _ = read.send(());
                thread::park_timeout(every);
            }
        });
        let _ = first.recv_timeout(silent.min(FIRST));
        Self {
            shared,
            thread: Some(thread),
            thresholds,
            started,
            silent,
        }
    }

    fn is_silent(&self) -> bool {
        let answered = Duration::from_millis(self.shared.answered.load(Ordering::Relaxed));
        self.started.elapsed().saturating_sub(answered) >= self.silent
    }

    /// What the source calls itself.
    pub fn name(&self) -> &str {
        let name = self.shared.name.get();
        name.map_or("temperature sensors", String::as_str)
    }

    /// What to do now.
    pub fn action(&self) -> Action {
        match self.shared.action.load(Ordering::Relaxed) {
            0 => Action::Go,
            1 => Action::Pause,
            _ => Action::Abort,
        }
    }

    /// The newest reading, °C; absent where it cannot be believed.
    pub fn celsius(&self) -> Option<f64> {
        decode(self.shared.current.load(Ordering::Relaxed)).filter(|_| !self.is_silent())
    }

    /// Why the temperature is unknown now; absent where it is known.
    pub fn doubt(&self) -> Option<Doubt> {
        if self.is_silent() {
            return Some(Doubt::Silent);
        }
        let known = self.shared.doubt.load(Ordering::Relaxed);
        DOUBTS.into_iter().find(|doubt| code(*doubt) == known)
    }

    /// The highest reading, °C.
    pub fn highest(&self) -> Option<f64> {
        decode(self.shared.highest.load(Ordering::Relaxed))
    }

    /// Begins to look for the highest anew, from the newest reading on.
    pub fn forget_highest(&self) {
        let now = self.shared.current.load(Ordering::Relaxed);
        self.shared.highest.store(now, Ordering::Relaxed);
    }

    /// State of the newest reading.
    pub fn state(&self) -> State {
        classify(self.celsius(), &self.thresholds)
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Relaxed);
        let Some(thread) = self.thread.take() else {
            return;
        };
        thread.thread().unpark();
        let asked = Instant::now();
        while !thread.is_finished() && asked.elapsed() < FAREWELL {
            thread::sleep(Duration::from_millis(1));
        }
        // One that hangs in a driver ends with the process; a panic in a source must not become one here.
        if thread.is_finished() {
            let _ = thread.join();
        }
    }
}

const DOUBTS: [Doubt; 5] = [
    Doubt::Absent,
    Doubt::Nonsense,
    Doubt::Frozen,
    Doubt::Lost,
    Doubt::Silent,
];

/// A doubt as it is shared; 0 is none.
fn code(doubt: Doubt) -> u8 {
    match doubt {
        Doubt::Absent => 1,
        Doubt::Nonsense => 2,
        Doubt::Frozen => 3,
        Doubt::Lost => 4,
        Doubt::Silent => 5,
    }
}

fn observe(shared: &Shared, guard: &mut Guard, believed: Believed, thresholds: &Thresholds) {
    let celsius = believed.known(thresholds.warning);
    shared
        .doubt
        .store(believed.doubt.map_or(0, code), Ordering::Relaxed);
    let action = match guard.update(celsius) {
        Action::Go => 0,
        Action::Pause => 1,
        Action::Abort => 2,
    };
    shared
        .current
        .store(celsius.map_or(ABSENT, f64::to_bits), Ordering::Relaxed);
    let highest = decode(shared.highest.load(Ordering::Relaxed));
    if let Some(celsius) = believed
        .celsius
        .filter(|celsius| highest.is_none_or(|highest| *celsius > highest))
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
    use crate::thermal::{file_source::FileSource, source::Reading};

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
        // Whoever looks between two batches must not miss it.
        becomes("70", Action::Abort, State::Acceptable);
        assert_eq!(monitor.highest(), Some(99.0));
        monitor.forget_highest();
        assert_eq!(monitor.highest(), Some(70.0));
    }

    /// Answers as often as it is told to, then hangs like a driver.
    struct Hangs(u32);

    impl Source for Hangs {
        fn name(&self) -> String {
            "hangs".to_owned()
        }

        fn read(&mut self) -> Vec<Reading> {
            if self.0 == 0 {
                loop {
                    thread::park();
                }
            }
            self.0 -= 1;
            vec![Reading {
                chip: "hangs".to_owned(),
                celsius: 50.0,
            }]
        }
    }

    #[test]
    fn a_source_that_hangs_is_unknown_and_holds_nobody_up() {
        for answers in [0, 3] {
            let monitor = Monitor::with_silence(
                Box::new(Hangs(answers)),
                Thresholds::default(),
                Duration::from_millis(1),
                Duration::from_millis(50),
            );
            while monitor.doubt() != Some(Doubt::Silent) {
                thread::yield_now();
            }
            assert_eq!(
                (monitor.celsius(), monitor.state()),
                (None, State::Unknown),
                "{answers}"
            );
            assert_eq!(monitor.highest(), (answers > 0).then_some(50.0));
            drop(monitor);
        }
    }
}
