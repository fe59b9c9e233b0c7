//! A thread that renews a lease for as long as its process runs. What is due is judged in `held.rs` by the clock that is passed in.

use std::{
    io,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use xp_clock::Clock;

use super::held::Lease;

/// How often it looks whether something is due.
const STEP: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
struct Shared {
    stopping: AtomicBool,
    /// Why the lease is lost.
    lost: OnceLock<String>,
}

/// A lease that is renewed until this is dropped, which gives it up.
#[derive(Debug)]
pub(in crate::process_lock) struct Keeper {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Renews a lease from now on. Where it is lost, `on_lost` is told why, once.
    pub(in crate::process_lock) fn start(
        mut lease: Lease,
        on_lost: impl Fn(&str) + Send + 'static,
    ) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let copy = Arc::clone(&shared);
        let repeat = move || {
            while !copy.stopping.load(Ordering::Relaxed) {
                if let Some(reason) = lease.poll() {
                    on_lost(&reason);
                    let _ = copy.lost.set(reason);
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
            shared,
            thread: Some(thread),
        })
    }

    /// Why the lease is lost; absent where it is not.
    pub(in crate::process_lock) fn lost(&self) -> Option<&str> {
        self.shared.lost.get().map(String::as_str)
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // It does not panic; if it did, its lease would be taken for dead.
            let _ = thread.join();
        }
    }
}
