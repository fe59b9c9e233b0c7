//! A thread that polls a source about once a second; the training loop reads atomics. What a poll means and when a source no longer
//! responds is judged by the clock that is passed in: the thread only repeats [`Poller::poll`].

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use xp_clock::Clock;

use super::{
    fault::SensorFault,
    plausibility::{Assessment, Plausibility},
    source::Source,
    state::{Action, Guard, State, Thresholds, classify},
};

/// No reading, as bits of a NaN: absent is never a number.
const ABSENT: u64 = f64::NAN.to_bits();
/// A source that has not answered for so long hangs.
const UNRESPONSIVE_AFTER: Duration = Duration::from_secs(10);
/// How long a start waits for the first reading.
const START_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a dropped monitor waits for its thread.
const JOIN_TIMEOUT: Duration = Duration::from_millis(500);
/// How often a start and a drop check whether the thread is ready.
const STEP: Duration = Duration::from_millis(1);

#[derive(Debug)]
struct Shared {
    action: AtomicU8,
    current: AtomicU64,
    highest: AtomicU64,
    /// 0 where the newest reading is usable, else why not.
    fault: AtomicU8,
    /// Milliseconds after the start at which the source last answered.
    answered: AtomicU64,
    /// Whether the source has answered at all.
    read: AtomicBool,
    stopping: AtomicBool,
    /// What the source calls itself.
    name: OnceLock<String>,
}

/// A running guard; it ends when dropped.
#[derive(Debug)]
pub struct Monitor {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    thresholds: Thresholds,
    clock: Clock,
    started: Instant,
}

/// What the thread of a monitor repeats.
pub struct Poller {
    source: Box<dyn Source>,
    shared: Arc<Shared>,
    guard: Guard,
    plausibility: Plausibility,
    thresholds: Thresholds,
    clock: Clock,
    started: Instant,
}

impl Poller {
    /// Reads the source once and publishes what it means.
    pub fn poll(&mut self) {
        let readings = self.source.read();
        let assessment = self
            .plausibility
            .assess(&readings, self.clock.since(self.started));
        publish(&self.shared, &mut self.guard, assessment, &self.thresholds);
        let at = self.clock.since(self.started).as_millis();
        let at = u64::try_from(at).unwrap_or(u64::MAX);
        self.shared.answered.store(at, Ordering::Relaxed);
        self.shared.read.store(true, Ordering::Release);
    }

    /// Polls until the monitor is dropped. The pause between two polls is a parked thread, not the clock's sleep, so that the drop ends it
    /// at once.
    fn run(mut self, every: Duration) {
        // It asks the sensors as well, and may hang as they do.
        self.shared.name.get_or_init(|| self.source.name());
        while !self.shared.stopping.load(Ordering::Relaxed) {
            self.poll();
            Clock::park(every);
        }
    }
}

impl Monitor {
    /// Starts polling, with a first reading before this returns unless the source hangs.
    pub fn start(
        source: Box<dyn Source>,
        thresholds: Thresholds,
        every: Duration,
        clock: &Clock,
    ) -> Self {
        let (mut monitor, poller) = Self::unattended(source, thresholds, clock);
        monitor.thread = Some(thread::spawn(move || poller.run(every)));
        while !monitor.shared.read.load(Ordering::Acquire)
            && clock.since(monitor.started) < START_TIMEOUT
        {
            clock.sleep(STEP);
        }
        monitor
    }

    /// A monitor without a thread, and what its thread would repeat: for a caller that polls by itself, as tests do.
    pub fn unattended(
        source: Box<dyn Source>,
        thresholds: Thresholds,
        clock: &Clock,
    ) -> (Self, Poller) {
        let shared = Arc::new(Shared {
            action: AtomicU8::new(0),
            current: AtomicU64::new(ABSENT),
            highest: AtomicU64::new(ABSENT),
            fault: AtomicU8::new(code(SensorFault::Unresponsive)),
            answered: AtomicU64::new(0),
            read: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
            name: OnceLock::new(),
        });
        let started = clock.now();
        let poller = Poller {
            source,
            shared: Arc::clone(&shared),
            guard: Guard::new(thresholds),
            plausibility: Plausibility::default(),
            thresholds,
            clock: clock.clone(),
            started,
        };
        let monitor = Self {
            shared,
            thread: None,
            thresholds,
            clock: clock.clone(),
            started,
        };
        (monitor, poller)
    }

    fn is_unresponsive(&self) -> bool {
        let answered = Duration::from_millis(self.shared.answered.load(Ordering::Relaxed));
        self.clock.since(self.started).saturating_sub(answered) >= UNRESPONSIVE_AFTER
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

    /// The newest reading, °C; absent where it is not usable.
    pub fn celsius(&self) -> Option<f64> {
        decode(self.shared.current.load(Ordering::Relaxed)).filter(|_| !self.is_unresponsive())
    }

    /// Why the temperature is unknown now; absent where it is known.
    pub fn fault(&self) -> Option<SensorFault> {
        if self.is_unresponsive() {
            return Some(SensorFault::Unresponsive);
        }
        let newest = self.shared.fault.load(Ordering::Relaxed);
        FAULTS.into_iter().find(|fault| code(*fault) == newest)
    }

    /// The highest reading, °C.
    pub fn highest(&self) -> Option<f64> {
        decode(self.shared.highest.load(Ordering::Relaxed))
    }

    /// Restarts the highest reading from the newest one.
    pub fn reset_highest(&self) {
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
        self.shared.stopping.store(true, Ordering::Relaxed);
        let Some(thread) = self.thread.take() else {
            return;
        };
        thread.thread().unpark();
        let asked = self.clock.now();
        while !thread.is_finished() && self.clock.since(asked) < JOIN_TIMEOUT {
            self.clock.sleep(STEP);
        }
        // One that hangs in a driver ends with the process; a panic in a source must not become one here.
        if thread.is_finished() {
            let _ = thread.join();
        }
    }
}

const FAULTS: [SensorFault; 5] = [
    SensorFault::Absent,
    SensorFault::Implausible,
    SensorFault::Frozen,
    SensorFault::Lost,
    SensorFault::Unresponsive,
];

/// A fault as it is shared; 0 is none.
fn code(fault: SensorFault) -> u8 {
    match fault {
        SensorFault::Absent => 1,
        SensorFault::Implausible => 2,
        SensorFault::Frozen => 3,
        SensorFault::Lost => 4,
        SensorFault::Unresponsive => 5,
    }
}

fn publish(shared: &Shared, guard: &mut Guard, assessment: Assessment, thresholds: &Thresholds) {
    let celsius = assessment.usable(thresholds.warning);
    shared
        .fault
        .store(assessment.fault.map_or(0, code), Ordering::Relaxed);
    let action = match guard.update(celsius) {
        Action::Go => 0,
        Action::Pause => 1,
        Action::Abort => 2,
    };
    shared
        .current
        .store(celsius.map_or(ABSENT, f64::to_bits), Ordering::Relaxed);
    let highest = decode(shared.highest.load(Ordering::Relaxed));
    if let Some(celsius) = assessment
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
    use std::sync::mpsc::{Sender, channel};

    use super::*;
    use crate::thermal::{file_source::FileSource, source::Reading};

    #[test]
    fn follows_a_file_from_work_to_pause_to_abort_to_unknown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("celsius");
        let source = Box::new(FileSource::new(&path));
        let clock = Clock::manual();
        let (monitor, mut poller) = Monitor::unattended(source, Thresholds::default(), &clock);
        let mut becomes = |text: &str, celsius: Option<f64>, action: Action, state: State| {
            std::fs::write(&path, text).unwrap();
            clock.advance(Duration::from_secs(1));
            poller.poll();
            assert_eq!(
                (monitor.action(), monitor.celsius(), monitor.state()),
                (action, celsius, state),
                "{text}"
            );
        };
        becomes("60\n", Some(60.0), Action::Go, State::Normal);
        assert_eq!(monitor.fault(), None);
        becomes("90", Some(90.0), Action::Pause, State::Warning);
        becomes("broken", None, Action::Pause, State::Unknown);
        assert_eq!(monitor.fault(), Some(SensorFault::Absent));
        becomes("-1", None, Action::Pause, State::Unknown);
        assert_eq!(monitor.fault(), Some(SensorFault::Implausible));
        becomes("75", Some(75.0), Action::Go, State::Acceptable);
        becomes("99", Some(99.0), Action::Abort, State::Critical);
        // A loop that asks between two batches must not miss it.
        becomes("70", Some(70.0), Action::Abort, State::Acceptable);
        assert_eq!(monitor.highest(), Some(99.0));
        monitor.reset_highest();
        assert_eq!(monitor.highest(), Some(70.0));
    }

    /// Answers so often, then reports that it hangs and hangs like a driver.
    struct Hangs(u32, Sender<()>);

    impl Source for Hangs {
        fn name(&self) -> String {
            "hangs".to_owned()
        }

        fn read(&mut self) -> Vec<Reading> {
            if self.0 == 0 {
                let _ = self.1.send(());
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
            let (sender, hangs) = channel();
            let clock = Clock::manual();
            let monitor = Monitor::start(
                Box::new(Hangs(answers, sender)),
                Thresholds::default(),
                Duration::from_millis(1),
                &clock,
            );
            hangs.recv().unwrap();
            if answers > 0 {
                assert_eq!(
                    (monitor.fault(), monitor.celsius()),
                    (None, Some(50.0)),
                    "it may only be slow"
                );
            }
            clock.advance(UNRESPONSIVE_AFTER);
            assert_eq!(monitor.fault(), Some(SensorFault::Unresponsive));
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
