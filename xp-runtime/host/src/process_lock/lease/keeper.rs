//! A thread that renews a lease for as long as its process runs. What is due is judged in `held.rs` by the clock that is passed in.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use xp_clock::Clock;

use super::held::Lease;

/// How often it looks whether something is due.
const STEP: Duration = Duration::from_secs(1);

/// A lease that is renewed until this is dropped, which gives it up.
#[derive(Debug)]
pub(in crate::process_lock) struct Keeper {
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Renews a lease from now on. Where it is lost, `on_lost` is told why, once.
    pub(in crate::process_lock) fn start(
        mut lease: Lease,
        on_lost: impl Fn(&str) + Send + 'static,
    ) -> io::Result<Self> {
        let stopping = Arc::new(AtomicBool::new(false));
        let copy = Arc::clone(&stopping);
        let repeat = move || {
            while !copy.load(Ordering::Relaxed) {
                if let Some(reason) = lease.poll() {
                    on_lost(&reason);
                    // It is another one's now.
                    return;
                }
                Clock::park(STEP);
            }
            lease.release();
        };
        let thread = thread::Builder::new()
            .name("lease".to_owned())
            .spawn(repeat)?;
        Ok(Self {
            stopping,
            thread: Some(thread),
        })
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // It does not panic; if it did, its lease would be taken for dead.
            let _ = thread.join();
        }
    }
}
