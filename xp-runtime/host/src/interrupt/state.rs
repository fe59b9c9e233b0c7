//! What has asked a run to end, the first of all that may. It listens to no signal itself.

use std::{
    fmt,
    sync::{
        OnceLock,
        atomic::{AtomicI32, Ordering},
    },
    time::{Duration, Instant},
};

use xp_clock::Clock;
use xp_spec::exit_code::REQUEUE;

use super::{
    margin::margin,
    signals::{code, name},
};

/// Stands for a reason that is no signal.
const NO_SIGNAL: i32 = -1;

/// Is told what changes something.
type Notify = Box<dyn Fn(&str) + Send + Sync>;

/// What has asked a run to end.
pub(super) struct Interrupt {
    /// The first signal, [`NO_SIGNAL`] for another reason, or 0.
    received: AtomicI32,
    /// The reason that is no signal.
    reason: OnceLock<String>,
    limit: OnceLock<Limit>,
    notify: OnceLock<Notify>,
}

/// A limit of time.
#[derive(Debug)]
struct Limit {
    name: String,
    /// When the run is to stop.
    stop: Instant,
    /// When the time is over.
    end: Instant,
    clock: Clock,
}

impl Interrupt {
    pub(super) const fn new() -> Self {
        Self {
            received: AtomicI32::new(0),
            reason: OnceLock::new(),
            limit: OnceLock::new(),
            notify: OnceLock::new(),
        }
    }

    /// Reports to this function; the first counts.
    pub(super) fn report_to(&self, notify: impl Fn(&str) + Send + Sync + 'static) {
        let _ = self.notify.set(Box::new(notify));
    }

    pub(super) fn report(&self, text: &str) {
        if let Some(notify) = self.notify.get() {
            notify(text);
        }
    }

    /// Notes a signal. Whether it was the first.
    pub(super) fn receive(&self, signal: i32) -> bool {
        let is_first = self.is_first(signal);
        if is_first {
            self.report(&format!(
                "{}: stopping after this batch; run the same command again to resume",
                name(signal)
            ));
        }
        is_first
    }

    /// Notes a reason that is no signal.
    pub(super) fn end(&self, reason: &str) {
        let message = format!("{reason}: stopping after this batch");
        self.end_with(reason, &message);
    }

    /// Sets a limit of time that is over in `left`. How long the run has until it is to stop.
    pub(super) fn end_before(&self, left: Duration, name: &str, clock: &Clock) -> Duration {
        let until = left.saturating_sub(margin(left));
        let now = clock.now();
        // What is beyond the clock's range is no limit.
        if let (Some(stop), Some(end)) = (now.checked_add(until), now.checked_add(left)) {
            let _ = self.limit.set(Limit {
                name: name.to_owned(),
                stop,
                end,
                clock: clock.clone(),
            });
        }
        until
    }

    pub(super) fn requested(&self) -> bool {
        self.received.load(Ordering::Relaxed) != 0 || self.is_limit_near()
    }

    pub(super) fn reason(&self) -> Option<String> {
        match self.received.load(Ordering::SeqCst) {
            0 => None,
            NO_SIGNAL => self.reason.get().cloned(),
            signal => Some(name(signal).to_owned()),
        }
    }

    pub(super) fn exit_code(&self) -> u8 {
        match self.received.load(Ordering::Relaxed) {
            NO_SIGNAL => REQUEUE,
            signal => code(signal),
        }
    }

    fn is_limit_near(&self) -> bool {
        let Some(limit) = self.limit.get() else {
            return false;
        };
        let now = limit.clock.now();
        if now < limit.stop {
            return false;
        }
        let left = limit.end.saturating_duration_since(now).as_secs();
        let message = format!(
            "{} ends in {left} s: stopping after this batch with a checkpoint; exit code {REQUEUE} asks for a requeue",
            limit.name
        );
        self.end_with(&limit.name, &message);
        true
    }

    /// The reason is there before it is said that there is one.
    fn end_with(&self, reason: &str, message: &str) {
        if self.reason.set(reason.to_owned()).is_ok() && self.is_first(NO_SIGNAL) {
            self.report(message);
        }
    }

    fn is_first(&self, received: i32) -> bool {
        let (success, failure) = (Ordering::SeqCst, Ordering::SeqCst);
        let exchanged = self
            .received
            .compare_exchange(0, received, success, failure);
        exchanged.is_ok()
    }
}

impl fmt::Debug for Interrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Interrupt({:?}, {:?})", self.reason(), self.limit)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use signal_hook::consts::{SIGINT, SIGTERM, SIGUSR1};

    use super::*;

    const JOB: &str = "the time limit of Slurm job 17_3";

    /// A state, and what it has reported.
    fn reported() -> (Interrupt, Arc<Mutex<Vec<String>>>) {
        let (interrupt, texts) = (Interrupt::new(), Arc::new(Mutex::new(Vec::new())));
        let copy = Arc::clone(&texts);
        interrupt.report_to(move |text| copy.lock().unwrap().push(text.to_owned()));
        (interrupt, texts)
    }

    #[test]
    fn a_run_stops_before_the_limit_of_its_job() {
        let (interrupt, texts) = reported();
        let clock = Clock::manual();
        let until = interrupt.end_before(Duration::from_secs(3600), JOB, &clock);
        assert_eq!(until, Duration::from_secs(3480));
        clock.advance(until - Duration::from_millis(1));
        assert!(!interrupt.requested() && interrupt.reason().is_none());
        clock.advance(Duration::from_millis(1));
        assert!(interrupt.requested() && interrupt.requested());
        assert_eq!(interrupt.reason().as_deref(), Some(JOB));
        assert_eq!(interrupt.exit_code(), 75);
        let expected = "the time limit of Slurm job 17_3 ends in 120 s: stopping after this batch with a checkpoint; exit code 75 asks for a requeue";
        assert_eq!(*texts.lock().unwrap(), [expected]);
        // The SIGTERM with which Slurm enforces the limit changes nothing any more.
        assert!(!interrupt.receive(SIGTERM));
        assert_eq!(interrupt.reason().as_deref(), Some(JOB));
        assert_eq!(texts.lock().unwrap().len(), 1);
    }

    #[test]
    fn a_limit_that_is_too_near_ends_the_run_at_once() {
        let (interrupt, _) = reported();
        let clock = Clock::manual();
        clock.advance(Duration::from_secs(1));
        let until = interrupt.end_before(Duration::from_secs(30), JOB, &clock);
        assert_eq!(until, Duration::ZERO);
        assert!(interrupt.requested());
    }

    #[test]
    fn a_limit_beyond_all_time_is_none() {
        let (interrupt, _) = reported();
        let clock = Clock::manual();
        interrupt.end_before(Duration::MAX, JOB, &clock);
        clock.advance(Duration::from_secs(1 << 40));
        assert!(!interrupt.requested());
    }

    #[test]
    fn the_first_that_asks_counts() {
        let (interrupt, texts) = reported();
        let clock = Clock::manual();
        let until = interrupt.end_before(Duration::from_secs(3600), JOB, &clock);
        assert!(interrupt.receive(SIGUSR1) && !interrupt.receive(SIGINT));
        clock.advance(until * 2);
        assert!(interrupt.requested());
        assert_eq!(interrupt.reason().as_deref(), Some("SIGUSR1"));
        assert_eq!(interrupt.exit_code(), 75);
        let expected = "SIGUSR1: stopping after this batch; run the same command again to resume";
        assert_eq!(*texts.lock().unwrap(), [expected]);
    }

    #[test]
    fn a_user_who_interrupts_asks_for_no_requeue() {
        let (interrupt, _) = reported();
        assert!(!interrupt.requested());
        assert!(interrupt.receive(SIGINT) && interrupt.requested());
        assert_eq!(interrupt.exit_code(), 130);
    }

    #[test]
    fn a_reason_of_the_process_itself_is_told_once() {
        let (interrupt, texts) = reported();
        interrupt.end("the lease is lost");
        interrupt.end("the lease is lost again");
        assert!(interrupt.requested());
        assert_eq!(interrupt.reason().as_deref(), Some("the lease is lost"));
        let expected = "the lease is lost: stopping after this batch";
        assert_eq!(*texts.lock().unwrap(), [expected]);
    }
}
