//! Everything that a run writes: lines on the terminal, its log file, rows of the experiment log, records, trackers. It is the only part of a
//! run that changes state; it decides nothing.

mod curve;
mod facts;
mod finished;
mod output;
mod progress;
mod row;
mod screen;
mod stage;
mod tracking;
mod unlogged;

use std::{
    cell::{Cell, OnceCell, RefCell},
    time::Instant,
};

use xp_engine::train::Checkpoint;
use xp_host::identity::code_version;
use xp_metrics::Signal;
use xp_report::{
    LOG, RUNS,
    log::{self, LogRow, Status},
    record::{self, RunRecord},
    tracking::write_events,
};

use crate::context::{Context, RunError};
use facts::Facts;
use output::ROWS;
use stage::Stage;
use tracking::Trackers;
use unlogged::Unlogged;

pub use finished::Finished;

pub(crate) use curve::{curve_point, curve_points, with_flops};
pub(crate) use facts::{Heat, Room, RowValues};
pub(crate) use finished::Conclusion;
pub(crate) use output::{Output, Verbosity};
pub(crate) use progress::Row;

/// What a run writes.
#[derive(Debug)]
pub struct Journal<'a> {
    context: &'a Context,
    output: Output,
    facts: RefCell<Facts>,
    /// Whether the rows of this run are written.
    logged: Cell<bool>,
    trackers: RefCell<Trackers>,
    /// Read once, at the start: a commit made while it runs is not what ran.
    code_version: OnceCell<Option<String>>,
}

impl<'a> Journal<'a> {
    pub(crate) fn new(context: &'a Context, output: Output) -> Self {
        Self {
            context,
            output,
            facts: RefCell::default(),
            logged: Cell::new(false),
            trackers: RefCell::default(),
            code_version: OnceCell::new(),
        }
    }

    /// A line.
    pub(crate) fn info(&self, line: &str) {
        self.output.info(line);
    }

    /// A warning, for standard error.
    pub(crate) fn warn(&self, line: &str) {
        self.output.warn(line);
    }

    /// A line of a table, about a subject that is in it. A quiet run prints those that are warnings too; they stay with the others where they
    /// are printed.
    pub(crate) fn table_line(&self, subject: &str, line: &str, is_warning: bool) {
        self.output.table_line(subject, line, is_warning);
    }

    /// Shows how far the run is, on a terminal, in place of what was shown before, until the stage ends; never kept.
    pub(crate) fn show_progress(&self, rows: &[Row]) {
        self.output.progress().show(rows);
    }

    /// A stage of a run, as a span that logs how long it took when it ends.
    pub(crate) fn stage(&self, name: &'static str) -> Stage {
        Stage::start(name, &self.context.clock, self.output.progress())
    }

    /// Keeps the output in `outputs/logs/{experiment}/{run_id}.log` from now on, with what was printed before.
    pub(crate) fn keep_output(&self) -> Result<(), RunError> {
        let context = self.context;
        let log = context
            .workspace
            .root()
            .join("outputs/logs")
            .join(context.folder_name())
            .join(format!("{}.log", context.run_id));
        self.output.keep(&log).map_err(RunError::Failed)
    }

    /// Commit of the workspace when this was first asked for, which pre-flight does.
    pub(crate) fn code_version(&self) -> Option<String> {
        self.code_version
            .get_or_init(|| code_version(self.context.workspace.root()))
            .clone()
    }

    /// Notes whether pre-flight has not been passed: a row that is written meanwhile says so.
    pub(crate) fn note_refused(&self, refused: bool) {
        self.facts.borrow_mut().refused = refused;
    }

    /// Notes the data that is computed on: the parquet's MD5, and the samples of train.
    pub(crate) fn note_data(&self, md5: &str, train_samples: u64) {
        let mut facts = self.facts.borrow_mut();
        facts.data_md5 = Some(md5.to_owned());
        facts.train_samples = Some(train_samples);
    }

    /// Notes the heat of the next row.
    pub(crate) fn note_heat(&self, heat: Heat) {
        self.facts.borrow_mut().heat = heat;
    }

    /// Notes a flag of all rows.
    pub(crate) fn note_flag(&self, flag: &'static str) {
        self.facts.borrow_mut().flags.push(flag);
    }

    /// Notes how much room the run needs.
    pub(crate) fn note_room(&self, room: Room) {
        self.facts.borrow_mut().room = Some(room);
    }

    /// How much room the run needs, once pre-flight has estimated it.
    pub(crate) fn room(&self) -> Option<Room> {
        self.facts.borrow().room.clone()
    }

    /// Notes what the signal check found, for all records.
    pub(crate) fn note_signal(&self, signal: Signal) {
        self.facts.borrow_mut().signal = Some(signal);
    }

    /// Notes what is known of the next row, should the run end before it has a result.
    pub(crate) fn note_values(&self, values: &RowValues) {
        self.facts.borrow_mut().values = values.clone();
    }

    /// Notes when the seed of the next row began.
    pub(crate) fn note_seed_started(&self, started: Instant) {
        self.facts.borrow_mut().seed_started = Some(started);
    }

    /// Writes the record and then the row of what has ended.
    pub(crate) fn commit(
        &self,
        status: Status,
        values: &RowValues,
        record: &RunRecord,
        message: Option<String>,
    ) -> Result<(), RunError> {
        let root = self.context.workspace.root();
        let row = self.row(&record.run_id, status, values, message);
        // The report describes its methods by what ran.
        let record = &RunRecord {
            row: Some(row.clone()),
            spec: serde_json::to_value(&self.context.experiment).ok(),
            signal: self.facts.borrow().signal,
            ..record.clone()
        };
        let unlogged = Unlogged::of(&self.context.folder());
        let failed = |cause: std::io::Error| {
            RunError::Failed(format!("failed to write the run record: {cause}"))
        };
        unlogged.note(&row.run_id).map_err(failed)?;
        record::write(&root.join(RUNS), record).map_err(failed)?;
        self.log(&row, record)?;
        unlogged.clear().map_err(failed)
    }

    /// Logs the run that an earlier start has recorded, and was killed before it had logged it.
    pub(crate) fn log_unlogged(&self) -> Result<(), RunError> {
        let root = self.context.workspace.root();
        let unlogged = Unlogged::of(&self.context.folder());
        let Some(run_id) = unlogged.run_id() else {
            return Ok(());
        };
        let rows = log::read(&root.join(LOG)).map_err(RunError::failed)?;
        let is_logged = rows.iter().any(|row| row.run_id == run_id);
        let experiment = self.context.experiment.name();
        // Without a record the kill came before it, and the run is made again.
        let record = record::read(&root.join(RUNS), &run_id, &experiment).ok();
        if let Some(record) = record.filter(|_| !is_logged)
            && let Some(row) = &record.row
        {
            self.log(row, &record)?;
        }
        unlogged.clear().map_err(RunError::failed)
    }

    fn log(&self, row: &LogRow, record: &RunRecord) -> Result<(), RunError> {
        if let Err(failure) = write_events(
            self.context.workspace.root(),
            &self.context.folder_name(),
            row,
            record,
        ) {
            self.warn(&format!("warning: {failure}"));
        }
        self.append(row)?;
        let mut trackers = self.trackers.borrow_mut();
        self.warn_of(trackers.send(row, record, &self.context.clock));
        Ok(())
    }

    /// Waits until the trackers have every run, or Ctrl-C.
    pub(crate) fn finish(&self) {
        let mut trackers = self.trackers.borrow_mut();
        let waiting = trackers.waiting();
        if waiting > 0 {
            let runs = if waiting == 1 { "run" } else { "runs" };
            self.info(&format!("sending {waiting} {runs} to MLflow"));
        }
        let failed = trackers.finish(&self.context.clock);
        self.warn_of(failed);
    }

    fn warn_of(&self, failures: Vec<String>) {
        for failure in failures {
            self.warn(&format!("warning: {failure}"));
        }
    }

    /// Removes a checkpoint whose result is written.
    pub(crate) fn discard(&self, checkpoint: &Checkpoint) {
        if let Err(cause) = checkpoint.remove() {
            self.warn(&format!(
                "warning: {} is not needed any more and cannot be removed: {cause}",
                checkpoint.folder.display()
            ));
        }
    }

    /// Every row of this run is in the log: a later error writes no further one.
    pub(crate) fn close(&self) {
        self.logged.set(true);
    }

    /// Writes the row of a run that an error ended, where its rows are not in the log already.
    pub(crate) fn log_error(&self, error: &RunError) -> Result<(), RunError> {
        let options = &self.context.options;
        let read_only = options.dry_run || options.only_looks();
        let wanted = !read_only && !self.logged.get();
        let Some(status) = error.status().filter(|_| wanted) else {
            return Ok(());
        };
        // Its result is recorded, so it has not failed: the next start completes its row.
        let unlogged = Unlogged::of(&self.context.folder()).run_id();
        if unlogged.is_some_and(|run_id| run_id.starts_with(&self.context.run_id)) {
            return Ok(());
        }
        let values = self.facts.borrow().values.clone();
        let message = Some(error.to_string());
        self.append(&self.row(&self.context.run_id, status, &values, message))
    }

    fn row(
        &self,
        run_id: &str,
        status: Status,
        values: &RowValues,
        error: Option<String>,
    ) -> LogRow {
        let (facts, code) = (self.facts.borrow(), self.code_version());
        row::row(self.context, &facts, code, run_id, status, values, error)
    }

    fn append(&self, row: &LogRow) -> Result<(), RunError> {
        let repaired =
            log::append(&self.context.workspace.root().join(LOG), row).map_err(RunError::failed)?;
        let text = serde_json::to_string(row).unwrap_or_default();
        tracing::debug!(target: ROWS, row = text, "logged {}", row.run_id);
        if repaired {
            self.warn(&format!(
                "warning: the last line of {LOG} was truncated by a crash; it was moved to {LOG}.torn"
            ));
        }
        Ok(())
    }
}
