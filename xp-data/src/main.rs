//! `xp-data build|lock|verify`: called by `cargo xp data`.

use std::{
    io::{IsTerminal as _, Write as _},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use xp_data::{
    DataError,
    build::{Changed, build, lock},
    verify::verify,
};
use xp_spec::files::Workspace;

/// Builds and verifies the data sets of data/manifest.yaml.
#[derive(Parser)]
#[command(name = "cargo xp data", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds processed data sets and their locks; writes only what changed.
    Build {
        /// Names in the manifest; all processed ones if none is given.
        names: Vec<String>,
    },
    /// Writes schema locks and manifest without the processed files.
    Lock {
        /// Names in the manifest; all processed ones if none is given.
        names: Vec<String>,
    },
    /// Checks MD5s and lineage of raw and processed files.
    Verify {
        /// Names in the manifest; all processed ones if none is given.
        names: Vec<String>,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let here = std::env::current_dir().ok();
    let Some(workspace) = here.and_then(|folder| Workspace::find(&folder)) else {
        eprintln!("error: there is no data/manifest.yaml in this folder or above");
        return ExitCode::FAILURE;
    };
    match run(&workspace, arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(workspace: &Workspace, command: Command) -> Result<(), DataError> {
    let all = |names: Vec<String>| -> Result<Vec<String>, DataError> {
        if names.is_empty() {
            return Ok(workspace.manifest()?.processed.into_keys().collect());
        }
        Ok(names)
    };
    match command {
        Command::Build { names } => {
            for name in all(names)? {
                let changed = build(workspace, &name, &mut |done, total| {
                    progress(&name, done, total)
                })?;
                println!("{name}: {}", told(changed));
            }
        }
        Command::Lock { names } => {
            for name in all(names)? {
                let changed = lock(workspace, &name, &mut |done, total| {
                    progress(&name, done, total)
                })?;
                println!("{name}: {}", told(changed));
            }
        }
        Command::Verify { names } => {
            for name in all(names)? {
                let entry = verify(workspace, &name)?;
                println!(
                    "{name}: {} rows, md5 {}, as data/manifest.yaml says",
                    entry.rows, entry.md5
                );
            }
        }
    }
    Ok(())
}

/// What was written, for people.
fn told(changed: Changed) -> String {
    let written: Vec<_> = [
        ("parquet", changed.parquet),
        ("lock", changed.lock),
        ("manifest", changed.manifest),
    ]
    .iter()
    .filter_map(|(what, changed)| changed.then_some(*what))
    .collect();
    if written.is_empty() {
        return "nothing changed".to_owned();
    }
    format!("wrote {}", written.join(", "))
}

/// One line that is rewritten on a terminal, and a line each fifth when piped.
fn progress(name: &str, done: usize, total: usize) {
    if std::io::stderr().is_terminal() {
        eprint!(
            "\r{name}: {done} of {total} features{}",
            if done == total { "\n" } else { "" }
        );
        // Progress that cannot be shown must not stop the build.
        let _ = std::io::stderr().flush();
    } else if total >= 5 && done.is_multiple_of(total / 5) {
        eprintln!("{name}: {done} of {total} features");
    }
}
