//! `cargo xp`: sets the machine up, validates experiments without rustc, libtorch or data, and runs the right cargo command
//! for everything else. It must build in seconds, before libtorch is there.

/// A line on standard output. A reader that went away, as `head` does, is no error.
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($text)*);
    }};
}

/// A line on standard error.
macro_rules! complain {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($text)*);
    }};
}

mod cargo;
mod check;
mod experiments;
mod explain;
mod index;
mod list;
mod new;
mod queue;
mod setup;
mod study;
mod test;

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use xp_spec::files::Workspace;

/// Neural scaling-law experiments on market data that cannot be misconfigured.
#[derive(Parser)]
#[command(name = "cargo xp", bin_name = "cargo xp", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Gets libtorch and the tools; does nothing where they are there
    Setup(setup::Options),
    /// Runs one experiment, or a group of them in the order of their dependencies
    Run(queue::Options),
    /// Runs all tests
    Test(test::Options),
    /// Validates all experiments, without rustc, libtorch or data
    Check {
        /// Names; all if none is given
        names: Vec<String>,
    },
    /// Writes the files of new experiments, one for each budget and task
    New(new::Options),
    /// Shows all experiments with parameters, samples, positives, and what they would cost
    List,
    /// Shows the resolved experiment, each value with its origin
    Explain {
        /// Name of the binary
        name: String,
    },
    /// Writes experiments/README.md
    Index {
        /// Only say whether it is fresh
        #[arg(long)]
        check: bool,
    },
    /// Shows where a search stands, what mattered in it, and what running it would do
    Study {
        /// Name of the binary
        name: String,
        /// Options of the run that is asked about, such as `--trials 80`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Builds or verifies data sets
    Data(Rest),
    /// Regenerates docs/experiment_results.md from the log
    Report(Report),
}

/// Arguments handed on.
#[derive(Args)]
struct Rest {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// What to write beside the Markdown.
#[derive(Args)]
struct Report {
    /// Also docs/experiment_results.html, one page that holds its figures
    #[arg(long)]
    html: bool,
    /// Also docs/experiment_results.tex, the tables
    #[arg(long)]
    latex: bool,
    /// Also docs/tables/*.csv
    #[arg(long)]
    csv: bool,
}

/// An error for people: what happened, where, and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Failure(String);

impl Failure {
    fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            complain!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<u8, Failure> {
    let here = std::env::current_dir()
        .map_err(|cause| Failure::new(format!("the current folder is gone: {cause}")))?;
    let workspace = Workspace::find(&here).ok_or_else(|| {
        Failure::new(
            "there is no data/manifest.yaml in this folder or above; change into the workspace",
        )
    })?;
    match command {
        Command::Setup(options) => setup::setup(&workspace, &options).map(|()| 0),
        Command::Run(options) => queue::run(&workspace, &options),
        Command::Test(options) => test::test(&workspace, &options),
        Command::Check { names } => check::check(&workspace, &names),
        Command::New(options) => new::new(&workspace, &options),
        Command::List => list::list(&workspace),
        Command::Explain { name } => explain::explain(&workspace, &name),
        Command::Index { check } => index::index(&workspace, check),
        Command::Study { name, arguments } => study::study(&workspace, &name, &arguments),
        Command::Data(rest) => {
            setup::setup(&workspace, &setup::Options::libtorch_only())?;
            cargo::built_binary(&workspace, "xp-data", &rest.arguments)
        }
        Command::Report(report) => {
            setup::setup(&workspace, &setup::Options::libtorch_only())?;
            let wanted = [
                (report.html, "--html"),
                (report.latex, "--latex"),
                (report.csv, "--csv"),
            ];
            let options: Vec<String> = wanted
                .iter()
                .filter(|(wanted, _)| *wanted)
                .map(|(_, option)| (*option).to_owned())
                .collect();
            cargo::built_binary(&workspace, "xp-report", &options)
        }
    }
}
