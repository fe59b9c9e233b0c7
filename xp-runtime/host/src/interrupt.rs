//! Ctrl-C and SIGTERM: the first asks the loop to stop cleanly, the second ends the process at once.

use std::sync::atomic::{AtomicBool, Ordering};

/// Exit code of an interrupted run, as shells have it for SIGINT.
pub const EXIT_CODE: u8 = 130;

static REQUESTED: AtomicBool = AtomicBool::new(false);

/// Installs the handler, which says what it does; the message says why it cannot be installed.
pub fn install(say: impl Fn(&str) + Send + 'static) -> Result<(), String> {
    ctrlc::set_handler(move || {
        if REQUESTED.swap(true, Ordering::SeqCst) {
            say("second interrupt: ending at once; what was finished is kept");
            std::process::exit(i32::from(EXIT_CODE));
        }
        say("interrupt: stopping after this batch; the same command goes on from there");
    })
    .map_err(|cause| format!("failed to listen for Ctrl-C: {cause}"))
}

/// Whether stopping was asked for.
pub fn requested() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}
