//! Ctrl-C and SIGTERM: the first asks the loop to stop cleanly, the second exits at once.

use std::sync::atomic::{AtomicBool, Ordering};

/// Exit code of an interrupted run, as shells have it for SIGINT.
pub const EXIT_CODE: u8 = 130;

static REQUESTED: AtomicBool = AtomicBool::new(false);

/// Installs the handler, which reports each signal to `notify`. Errors where the handler cannot be installed.
pub fn install(notify: impl Fn(&str) + Send + 'static) -> Result<(), String> {
    ctrlc::set_handler(move || {
        if REQUESTED.swap(true, Ordering::SeqCst) {
            notify("second interrupt: exiting at once; finished work is kept");
            std::process::exit(i32::from(EXIT_CODE));
        }
        notify("interrupt: stopping after this batch; run the same command again to resume");
    })
    .map_err(|cause| format!("failed to listen for Ctrl-C: {cause}"))
}

/// Whether an interrupt was received.
pub fn requested() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}
