//! A run of an experiment's binary, from its command line to its exit code.
//!
//! An experiment's `main` hands its stages to [`launch`]. Each is a function of the context (what the run is), the journal (what it writes)
//! and what the stages before it returned:
//!
//! 1. [`preflight`]: the machine, the data, the folder, all findings at once, in seconds;
//! 2. [`load_validated_data`]: the samples that were counted at build time, and no others;
//! 3. [`start_thermal_guard`]: from here on heat pauses the run, and memory that runs out ends it;
//! 4. [`search`] or [`train`]: every trial and every seed is durable the moment it ends;
//! 5. [`log_and_report`]: the row of the log, and the report.
//!
//! A stage that fails ends the run: its error becomes a message, a row and an exit code.

mod batch_job;
mod command_line;
mod panics;
mod room;
mod stages;

use std::process::ExitCode;

use clap::Parser as _;
use xp_clock::Clock;
use xp_host::{interrupt, subnormals};

use crate::{
    context::{Context, RunError, Spec},
    journal::{Journal, Output},
    search::{print_status, serve, show_status},
};
use command_line::CommandLine;

pub use stages::{
    load_validated_data, log_and_report, preflight, search, start_thermal_guard, train,
};

/// Runs an experiment's stages and turns how they end into a row, a message and an exit code.
pub fn launch(
    spec: &'static Spec,
    stages: impl FnOnce(&Context, &Journal<'_>) -> Result<(), RunError>,
) -> ExitCode {
    // Before any other thread is there: each inherits it, those of libtorch too.
    subnormals::flush();
    let command_line = CommandLine::parse();
    let output = Output::new(command_line.verbosity());
    let context = match prepare(spec, command_line) {
        Ok(context) => context,
        Err(error) => return failed(&error),
    };
    let journal = Journal::new(&context, output);
    if context.options.worker.is_some() {
        // Its errors reach the search as messages.
        return match serve(&context, &journal) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => ExitCode::from(error.exit_code()),
        };
    }
    let _span = tracing::info_span!("run", id = context.run_id).entered();
    batch_job::announce(&context, &journal);
    let result = panics::caught(|| {
        if context.options.study {
            show_status(&context, &journal)
        } else if context.options.study_status {
            print_status(&context, &journal)
        } else {
            stages(&context, &journal)
        }
    });
    let code = match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(RunError::NothingToDo(message)) => {
            journal.info(&message);
            ExitCode::SUCCESS
        }
        Err(error) => {
            let error = room::explained(error, journal.room());
            let code = failed(&error);
            if let Err(second) = journal.log_error(&error) {
                failed(&room::explained(second, journal.room()));
            }
            code
        }
    };
    journal.finish();
    code
}

/// The run of a command line. Ctrl-C ends it cleanly from here on; a worker is told by its search when to stop.
fn prepare(spec: &'static Spec, command_line: CommandLine) -> Result<Context, RunError> {
    let clock = Clock::from_environment().map_err(RunError::Failed)?;
    let is_simulated = clock.is_simulated();
    let context = Context::new(spec, command_line.options, clock)?;
    if is_simulated && context.options.worker.is_none() {
        tracing::warn!(
            "warning: XP_CLOCK_FILE is set: time stands still until that file moves it, and no limit of time protects this run; it is for tests"
        );
    }
    match context.options.worker {
        None => interrupt::install(|text| tracing::warn!("{text}")),
        Some(_) => interrupt::ignore(),
    }
    .map_err(RunError::Failed)?;
    tch::set_num_threads(i32::try_from(context.workers.threads).unwrap_or(1));
    Ok(context)
}

/// Prints an error; its exit code.
fn failed(error: &RunError) -> ExitCode {
    tracing::error!("error: {error}");
    ExitCode::from(error.exit_code())
}
