//! MLflow, where `MLFLOW_TRACKING_URI` is set. Runs are sent one after the other by a thread of its own: a server that is slow keeps no training waiting.
//! The log is the record: a server that cannot be reached is a warning only.

use std::{
    sync::mpsc::{Receiver, Sender, channel},
    thread::{self, JoinHandle},
    time::Duration,
};

use xp_clock::Clock;
use xp_host::interrupt;
use xp_report::{
    log::LogRow,
    record::RunRecord,
    tracking::{self, TrackingError},
};

/// How often the end of the thread is looked for.
const INTERVAL: Duration = Duration::from_millis(5);

type Run = Box<(LogRow, RunRecord)>;

/// The thread that sends, from the first run on.
#[derive(Debug, Default)]
pub(super) struct Trackers {
    sending: Option<Sending>,
}

#[derive(Debug)]
struct Sending {
    runs: Sender<Run>,
    failures: Receiver<String>,
    thread: JoinHandle<()>,
}

impl Trackers {
    /// Hands over a run; what has failed so far.
    pub(super) fn send(&mut self, row: &LogRow, record: &RunRecord, clock: &Clock) -> Vec<String> {
        let uri = std::env::var(tracking::MLFLOW_URI).ok();
        let Some(uri) = uri.filter(|uri| !uri.is_empty()) else {
            return Vec::new();
        };
        if self.sending.is_none() {
            match start(uri, clock.clone()) {
                Ok(sending) => self.sending = Some(sending),
                Err(cause) => return vec![format!("failed to start a thread for MLflow: {cause}")],
            }
        }
        let Some(sending) = &self.sending else {
            return Vec::new();
        };
        // It has ended where the server did not answer, and has said so.
        let _ = sending.runs.send(Box::new((row.clone(), record.clone())));
        sending.failures.try_iter().collect()
    }

    /// Waits until all runs are sent; what has failed. Ctrl-C does not wait: it has its own message.
    pub(super) fn finish(&mut self, clock: &Clock) -> Vec<String> {
        let Some(sending) = self.sending.take() else {
            return Vec::new();
        };
        drop(sending.runs);
        while !sending.thread.is_finished() && !interrupt::requested() {
            clock.sleep(INTERVAL);
        }
        sending.failures.try_iter().collect()
    }
}

fn start(uri: String, clock: Clock) -> std::io::Result<Sending> {
    let (runs, queue) = channel::<Run>();
    let (failed, failures) = channel();
    let thread = thread::Builder::new()
        .name("mlflow".to_owned())
        .spawn(move || send_all(&uri, &queue, &failed, &clock))?;
    Ok(Sending {
        runs,
        failures,
        thread,
    })
}

/// Sends runs until there are no more, or the server does not answer.
fn send_all(uri: &str, runs: &Receiver<Run>, failed: &Sender<String>, clock: &Clock) {
    for run in runs {
        let Err(failure) = tracking::send(uri, &run.0, &run.1, clock) else {
            continue;
        };
        // Nobody listens any more after Ctrl-C.
        let _ = failed.send(failure.to_string());
        if matches!(failure, TrackingError::Mlflow { silent: true, .. }) {
            let _ = failed.send("MLflow is not asked again before the next start".to_owned());
            return;
        }
    }
}
