//! `xp-data import|build|lock|show|verify`: called by `cargo xp data`.

use std::{
    io::IsTerminal as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use xp_clock::Clock;
use xp_data::{
    DataError, Hashing,
    build::{Changed, build, lock, processed},
    drift::drift,
    findings::table,
    import::{Request, import},
    load::load,
    verify::verify,
};
use xp_spec::files::Workspace;

/// Builds and verifies the data sets of data/manifest.yaml.
#[derive(Parser)]
#[command(name = "cargo xp data", bin_name = "cargo xp data", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Checks a CSV or parquet of daily bars and adds it to the manifest; formats of Yahoo, Stooq, Alpha Vantage, Nasdaq, Kaggle.
    Import {
        /// The file.
        file: PathBuf,
        /// Name in the manifest, such as spy_daily; required without --dry-run.
        #[arg(long, required_unless_present = "dry_run")]
        name: Option<String>,
        /// Source of the file.
        #[arg(long)]
        source: Option<String>,
        /// Its licence.
        #[arg(long)]
        licence: Option<String>,
        /// Scales all prices by the adjusted close.
        #[arg(long)]
        adjusted: bool,
        /// Replaces an entry of that name, whose file is renamed.
        #[arg(long)]
        replace: bool,
        /// Checks and writes nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Shows data sets: rows, source, findings, effective dimension of each tier, drift for the default split.
    Show {
        /// Names in the manifest; all processed ones if none is given.
        names: Vec<String>,
    },
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
    match run(&workspace, arguments.command, &Clock::system()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(workspace: &Workspace, command: Command, clock: &Clock) -> Result<(), DataError> {
    let all = |names: Vec<String>| -> Result<Vec<String>, DataError> {
        if names.is_empty() {
            return Ok(workspace.manifest()?.processed.into_keys().collect());
        }
        Ok(names)
    };
    match command {
        Command::Import {
            file,
            name,
            source,
            licence,
            adjusted,
            replace,
            dry_run,
        } => {
            let request = Request {
                name: name.unwrap_or_else(|| "unnamed".to_owned()),
                source,
                licence,
                adjusted,
                replace,
                dry_run,
            };
            import_file(workspace, &file, &request)?;
        }
        Command::Show { names } => {
            for name in all(names)? {
                show(workspace, &name, clock)?;
            }
        }
        Command::Build { names } => {
            for name in all(names)? {
                let changed = build(workspace, &name, &mut *progress(&name))?;
                println!("{name}: {}", written(changed));
            }
        }
        Command::Lock { names } => {
            for name in all(names)? {
                let changed = lock(workspace, &name, &mut *progress(&name))?;
                println!("{name}: {}", written(changed));
            }
        }
        Command::Verify { names } => {
            for name in all(names)? {
                let entry = verify(workspace, &name, Hashing::Full, clock)?;
                println!(
                    "{name}: {} rows, md5 {}, as in data/manifest.yaml",
                    entry.rows, entry.md5
                );
            }
        }
    }
    Ok(())
}

fn import_file(workspace: &Workspace, file: &Path, request: &Request) -> Result<(), DataError> {
    let report = import(workspace, file, request)?;
    print!("{}", table(&report.findings));
    let Some(entry) = report.entry else {
        return Err(DataError::Content(format!(
            "{} is refused because of the errors above; nothing was written",
            file.display()
        )));
    };
    let format = entry
        .imported
        .map(|imported| format!("{} columns, dates {}", imported.style, imported.dates))
        .unwrap_or_default();
    println!(
        "{}: {} bars, {} to {} ({format})",
        file.display(),
        entry.rows,
        entry.first,
        entry.last
    );
    if request.dry_run {
        println!("dry run: nothing was written");
        return Ok(());
    }
    if let Some(moved) = report.moved {
        println!("the earlier prices were moved to {moved}");
    }
    let name = &request.name;
    println!(
        "wrote {} and data/manifest.yaml; next: `cargo xp data build {name}`",
        entry.path
    );
    Ok(())
}

fn show(workspace: &Workspace, name: &str, clock: &Clock) -> Result<(), DataError> {
    let manifest = workspace.manifest()?;
    let entry = processed(&manifest, name)?;
    let lock = workspace.lock(&entry.lock)?;
    println!(
        "{name}: {} rows of {} bars, {} to {}; default split: val {}, test {}",
        lock.rows, lock.timescale, lock.first, lock.last, lock.split.val, lock.split.test
    );
    if let Some(raw) = manifest.raw.get(&entry.raw) {
        println!(
            "  raw file {}; source: {}; licence: {}",
            raw.path, raw.source, raw.licence
        );
        for note in &raw.notes {
            println!("  note: {note}");
        }
        for finding in &raw.findings {
            println!(
                "  {} {}: {}",
                finding.severity, finding.check, finding.found
            );
        }
    }
    println!("  tier  columns  entropy rank  components for 95 %");
    for tier in &lock.dimensions {
        println!(
            "  {:4}  {:7}  {:12.2}  {:19}",
            tier.tier, tier.columns, tier.entropy_rank, tier.components_95
        );
    }
    if !workspace.root().join(&entry.path).is_file() {
        println!("  drift: unknown until the data set is built");
        return Ok(());
    }
    verify(workspace, name, Hashing::Cached, clock)?;
    let names: Vec<String> = lock
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    for region in drift(&load(workspace, entry, &names)?, lock.split) {
        println!("  drift, {}", region.summary());
    }
    Ok(())
}

/// The files that were written, for people.
fn written(changed: Changed) -> String {
    let files: Vec<_> = [
        ("parquet", changed.parquet),
        ("lock", changed.lock),
        ("manifest", changed.manifest),
    ]
    .iter()
    .filter_map(|(what, changed)| changed.then_some(*what))
    .collect();
    if files.is_empty() {
        return "nothing changed".to_owned();
    }
    format!("wrote {}", files.join(", "))
}

/// A progress bar on a terminal, removed when it is full; a line each fifth when piped.
fn progress(name: &str) -> Box<dyn FnMut(usize, usize)> {
    let name = name.to_owned();
    if !std::io::stderr().is_terminal() {
        return Box::new(move |done, total| {
            if total >= 5 && done.is_multiple_of(total / 5) {
                eprintln!("{name}: {done} of {total} features");
            }
        });
    }
    let style =
        ProgressStyle::with_template("{prefix} {bar:40} {pos} of {len} features, {elapsed}");
    let bar = ProgressBar::no_length()
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_prefix(name);
    Box::new(move |done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
        if done == total {
            bar.finish_and_clear();
        }
    })
}
