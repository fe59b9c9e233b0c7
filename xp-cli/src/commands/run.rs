//! `cargo xp run`: one experiment, or a group as a queue. Searches come before what borrows from them; a failure does not stop
//! the rest; a binary whose work is finished exits within a second, so starting the queue again resumes it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use clap::Args;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2};
use xp_spec::exit_code;

use crate::{
    cargo, experiments::all, failure::Failure, libtorch, next, selection::Selection,
    session::Session,
};

/// Runs one experiment, or a group of them in the order of their dependencies
#[derive(Args)]
pub(crate) struct Options {
    /// Names of experiments
    names: Vec<String>,
    #[command(flatten)]
    group: Selection,
    /// Options of the experiments, such as --trials 3
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// Tells an experiment that others follow, so that it leaves out what to run next.
const QUEUED: &str = "--queued";

impl Options {
    /// Runs what was asked for; the largest exit code of all.
    pub(crate) fn run(&self, session: &Session) -> Result<u8, Failure> {
        let workspace = &session.workspace;
        let experiments = all(workspace)?;
        let queue = self.group.select(workspace, &experiments, &self.names)?;
        libtorch::provide(workspace, false)?;
        // The experiment gets Ctrl-C, too, and stops cleanly; this process waits for it and prints how far the queue came.
        let interrupted = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGHUP, SIGTERM, SIGUSR1, SIGUSR2] {
            signal_hook::flag::register(signal, Arc::clone(&interrupted))
                .map_err(|cause| Failure::new(format!("failed to listen for signals: {cause}")))?;
        }
        let queue: Vec<&str> = queue.iter().map(|found| found.name.as_str()).collect();
        let is_group = queue.len() > 1;
        let mut arguments = self.arguments.clone();
        if is_group {
            arguments.push(QUEUED.to_owned());
        }
        let mut table: Vec<(&str, u8, f64)> = Vec::new();
        for &name in &queue {
            let started = session.clock.now();
            let mut exit = cargo::experiment(workspace, name, &arguments, false)?;
            if interrupted.load(Ordering::SeqCst) && exit != exit_code::REQUEUE {
                exit = exit_code::INTERRUPTED;
            }
            table.push((name, exit, session.clock.since(started).as_secs_f64()));
            if matches!(exit, exit_code::INTERRUPTED | exit_code::REQUEUE) {
                break;
            }
        }
        let worst = table.iter().map(|(_, exit, _)| *exit).max().unwrap_or(0);
        if is_group {
            say!("\n{:<36} {:<12} seconds", "experiment", "status");
            for (name, exit, seconds) in &table {
                say!("{name:<36} {:<12} {seconds:.0}", status_of(*exit));
            }
            for name in queue.iter().skip(table.len()) {
                say!("{name:<36} not started");
            }
            let is_good = |exit: u8| matches!(exit, 0 | exit_code::INCOMPLETE);
            if table.iter().all(|(_, exit, _)| is_good(*exit)) {
                next::say_run(session, &experiments, &queue);
            }
        }
        Ok(worst)
    }
}

fn status_of(code: u8) -> &'static str {
    match code {
        0 => "success",
        exit_code::INCOMPLETE => "incomplete",
        exit_code::THERMAL => "thermal",
        exit_code::INTERRUPTED | exit_code::REQUEUE => "interrupted",
        _ => "failed",
    }
}
