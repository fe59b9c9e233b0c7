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
/// How long the end of a run waits for the thread: a name server that does not answer has no limit of its own.
const PATIENCE: Duration = Duration::from_secs(60);

type Run = Box<(LogRow, RunRecord)>;

/// The thread that sends, from the first run on.
#[derive(Debug, Default)]
pub(super) struct Trackers {
    sending: Option<Sending>,
}

#[derive(Debug)]
struct Sending {
    runs: Sender<Run>,
    /// Of each run that was dealt with: what failed, if so.
    ended: Receiver<Option<String>>,
    thread: JoinHandle<()>,
    /// Ids of the runs that were handed over and not dealt with.
    waiting: Vec<String>,
}

impl Sending {
    /// What has failed since this was asked last.
    fn failures(&mut self) -> Vec<String> {
        let ended: Vec<_> = self.ended.try_iter().collect();
        self.waiting.drain(..ended.len().min(self.waiting.len()));
        ended.into_iter().flatten().collect()
    }
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
        let Some(sending) = &mut self.sending else {
            return Vec::new();
        };
        sending.waiting.push(row.run_id.clone());
        // A thread that has ended has told why.
        let _ = sending.runs.send(Box::new((row.clone(), record.clone())));
        sending.failures()
    }

    /// How many runs are not sent yet.
    pub(super) fn waiting(&self) -> usize {
        self.sending.as_ref().map_or(0, |it| it.waiting.len())
    }

    /// Waits until all runs are sent, Ctrl-C, or a minute; what has failed, and what was not sent.
    pub(super) fn finish(&mut self, clock: &Clock) -> Vec<String> {
        let Some(mut sending) = self.sending.take() else {
            return Vec::new();
        };
        let started = clock.now();
        let mut failures = sending.failures();
        // A thread that has panicked sends nothing more.
        while !sending.waiting.is_empty()
            && !sending.thread.is_finished()
            && !interrupt::requested()
            && clock.since(started) < PATIENCE
        {
            clock.sleep(INTERVAL);
            failures.extend(sending.failures());
        }
        if !sending.waiting.is_empty() {
            failures.push(format!(
                "MLflow was not sent {}; the runs and their log are complete",
                sending.waiting.join(", ")
            ));
        }
        failures
    }
}

fn start(uri: String, clock: Clock) -> std::io::Result<Sending> {
    let (runs, queue) = channel();
    let (done, ended) = channel();
    let thread = thread::Builder::new()
        .name("mlflow".to_owned())
        .spawn(move || send_all(&uri, &queue, &done, &clock))?;
    Ok(Sending {
        runs,
        ended,
        thread,
        waiting: Vec::new(),
    })
}

/// Sends runs until there are no more; after a server that did not answer, it is not asked again.
fn send_all(uri: &str, runs: &Receiver<Run>, ended: &Sender<Option<String>>, clock: &Clock) {
    let mut is_silent = false;
    for run in runs {
        let (row, record) = *run;
        let failure = if is_silent {
            Some(format!(
                "MLflow was not sent run {}: it did not answer, and is not asked again before the next start",
                row.run_id
            ))
        } else {
            let sent = tracking::send(uri, |name| std::env::var(name).ok(), &row, &record, clock);
            let failure = sent.err();
            is_silent = matches!(failure, Some(TrackingError::Mlflow { silent: true, .. }));
            failure.map(|failure| failure.to_string())
        };
        // Nobody listens any more after Ctrl-C.
        let _ = ended.send(failure);
    }
}
