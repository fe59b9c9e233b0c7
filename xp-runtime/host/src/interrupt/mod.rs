//! What asks a run to end: Ctrl-C of a terminal, the signals that batch systems send before they kill, and the end of a job's time. The first
//! asks the loop to stop cleanly; Ctrl-C after it exits at once. A batch system repeats its own while a checkpoint is written, so those are
//! noted once. SIGCONT, which Slurm sends before the SIGTERM of a preemption, does nothing to a process that runs, and is not listened for.

mod margin;
mod signals;
mod state;

use std::{thread, time::Duration};

use signal_hook::{consts::SIGINT, iterator::Signals};
use xp_clock::Clock;

use signals::SIGNALS;
use state::Interrupt;

/// That of this process.
static INTERRUPT: Interrupt = Interrupt::new();

/// Listens from now on, and reports what changes something to `notify`. Errors where it cannot listen.
pub fn install(notify: impl Fn(&str) + Send + Sync + 'static) -> Result<(), String> {
    let mut signals = listen()?;
    INTERRUPT.report_to(notify);
    thread::spawn(move || {
        for signal in signals.forever() {
            if !INTERRUPT.receive(signal) && signal == SIGINT {
                INTERRUPT.report("second interrupt: exiting at once; finished work is kept");
                std::process::exit(i32::from(exit_code()));
            }
        }
    });
    Ok(())
}

/// Ignores the signals from now on: a worker is told by its search when to stop, and batch systems signal all processes of a job. Errors
/// where it cannot.
pub fn ignore() -> Result<(), String> {
    let mut signals = listen()?;
    thread::spawn(move || signals.forever().for_each(drop));
    Ok(())
}

/// Ends the run in time before a limit that is over in `left`, named as in "the time limit of Slurm job 17_3". How long it has until then; zero
/// where the limit is too near for any work. The first limit counts.
pub fn end_before(left: Duration, name: &str, clock: &Clock) -> Duration {
    INTERRUPT.end_before(left, name, clock)
}

/// Ends the run for a reason of this process, as a lease that another one has taken over.
pub fn end(reason: &str) {
    INTERRUPT.end(reason);
}

/// Whether the run is to end. Cheap: it may be asked at every batch.
pub fn requested() -> bool {
    INTERRUPT.requested()
}

/// What asked the run to end, in words: a signal's name, or the limit's; absent where nothing did.
pub fn reason() -> Option<String> {
    INTERRUPT.reason()
}

/// Exit code of a run that was asked to end: 75 where the batch system should run it again, else 130.
pub fn exit_code() -> u8 {
    INTERRUPT.exit_code()
}

fn listen() -> Result<Signals, String> {
    Signals::new(SIGNALS.map(|(signal, ..)| signal))
        .map_err(|cause| format!("failed to listen for signals: {cause}"))
}
