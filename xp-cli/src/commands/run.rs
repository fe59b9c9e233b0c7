//! `cargo xp run`: one experiment, or a group as a queue. Searches come before what borrows from them; a failure does not stop
//! the rest; a binary whose work is finished exits within a second, so starting the queue again resumes it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use clap::Args;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2};
use xp_spec::files::Workspace;

use crate::{
    cargo,
    experiments::{Found, all, diagnostics, unknown_name},
    failure::Failure,
    libtorch, next,
    selection::{NO_MATCH, Selection},
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

/// Exit code of an experiment that a user has interrupted.
const INTERRUPTED_CODE: u8 = 130;
/// Exit code of an experiment that a batch system has ended and may run again.
const REQUEUE_CODE: u8 = 75;
/// Exit code of a search whose time was up.
const INCOMPLETE_CODE: u8 = 3;
/// Tells an experiment that others follow, so that it leaves out what to run next.
const QUEUED: &str = "--queued";

impl Options {
    /// Runs what was asked for; the largest exit code of all.
    pub(crate) fn run(&self, session: &Session) -> Result<u8, Failure> {
        let workspace = &session.workspace;
        let experiments = all(workspace)?;
        let queue = select(workspace, &experiments, self)?;
        libtorch::provide(workspace, false)?;
        // The experiment gets Ctrl-C, too, and stops cleanly; this process waits for it and prints how far the queue came.
        let interrupted = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGHUP, SIGTERM, SIGUSR1, SIGUSR2] {
            signal_hook::flag::register(signal, Arc::clone(&interrupted))
                .map_err(|cause| Failure::new(format!("failed to listen for signals: {cause}")))?;
        }
        let is_group = queue.len() > 1;
        let mut arguments = self.arguments.clone();
        if is_group {
            arguments.push(QUEUED.to_owned());
        }
        let mut table: Vec<(&str, u8, f64)> = Vec::new();
        for &name in &queue {
            let started = session.clock.now();
            let mut exit = cargo::experiment(workspace, name, &arguments, false)?;
            if interrupted.load(Ordering::SeqCst) && exit != REQUEUE_CODE {
                exit = INTERRUPTED_CODE;
            }
            table.push((name, exit, session.clock.since(started).as_secs_f64()));
            if matches!(exit, INTERRUPTED_CODE | REQUEUE_CODE) {
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
            let is_good = |exit: u8| matches!(exit, 0 | INCOMPLETE_CODE);
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
        INCOMPLETE_CODE => "incomplete",
        4 => "thermal",
        INTERRUPTED_CODE | REQUEUE_CODE => "interrupted",
        _ => "failed",
    }
}

fn select<'a>(
    workspace: &Workspace,
    experiments: &'a [Found],
    options: &Options,
) -> Result<Vec<&'a str>, Failure> {
    let is_grouped = !options.group.is_empty();
    if options.names.is_empty() && !is_grouped {
        return Err(Failure::new(
            "name an experiment, or a group by --phase, --budget, --task or --kind; `cargo xp list` names them",
        ));
    }
    if let Some(unknown) = options
        .names
        .iter()
        .find(|name| !experiments.iter().any(|found| found.name == **name))
    {
        return Err(unknown_name(unknown, experiments));
    }
    let wanted = |found: &&Found| {
        options.names.contains(&found.name) || (is_grouped && options.group.matches(found))
    };
    let selected: Vec<&Found> = experiments.iter().filter(wanted).collect();
    let wrong: String = selected
        .iter()
        .map(|found| diagnostics(workspace, found))
        .collect();
    if !wrong.is_empty() {
        return Err(Failure::new(format!(
            "an experiment is wrong; nothing was started\n{wrong}"
        )));
    }
    if selected.is_empty() {
        return Err(Failure::new(NO_MATCH));
    }
    Ok(selected
        .into_iter()
        .map(|found| found.name.as_str())
        .collect())
}
