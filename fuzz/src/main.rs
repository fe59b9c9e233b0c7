//! Fuzzes the parsers of files from outside: `cargo run -p xp-fuzz -- [TARGET…] [--seconds 60]`.

#![allow(
    clippy::unwrap_used,
    reason = "a failure of the fuzzer's own files ends it"
)]

use std::{
    fs,
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use clap::Parser;
use xp_clock::Clock;
use xp_fuzz::{Found, TARGETS, Target, fuzz};
use xp_spec::{hash::md5_hex, printable::printable};

/// Fuzzes the parsers of files from outside; what panics is kept in fuzz/corpus
#[derive(Parser)]
struct Arguments {
    /// Targets; all where none is named
    targets: Vec<String>,
    /// Seconds for each
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// First random number; the time where absent
    #[arg(long)]
    seed: Option<u64>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let clock = Clock::system();
    let seed = arguments
        .seed
        .unwrap_or_else(|| clock.utc().timestamp().unsigned_abs());
    let known: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    if let Some(unknown) = arguments
        .targets
        .iter()
        .find(|name| !known.contains(&name.as_str()))
    {
        say(&format!(
            "there is no target `{unknown}`; there are {}",
            known.join(", ")
        ));
        return ExitCode::FAILURE;
    }
    let mut failed = false;
    for target in &TARGETS {
        if !arguments.targets.is_empty()
            && !arguments.targets.iter().any(|name| name == target.name)
        {
            continue;
        }
        let started = clock.now();
        let limit = Duration::from_secs(arguments.seconds);
        match fuzz(target, seed, |_| clock.since(started) < limit) {
            Ok(tried) => say(&format!(
                "{}: {tried} inputs, no panic (seed {seed})",
                target.name
            )),
            Err(found) => {
                let file = keep(target, &found);
                say(&format!(
                    "{}: panic: {}; kept as {}",
                    target.name,
                    found.message,
                    file.display()
                ));
                failed = true;
            }
        }
    }
    ExitCode::from(u8::from(failed))
}

/// Keeps an input as a seed, under the name of its content.
fn keep(target: &Target, found: &Found) -> PathBuf {
    let folder = xp_test_support::root()
        .join("fuzz/corpus")
        .join(target.name);
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("panic_{}", md5_hex(&found.input)));
    fs::write(&file, &found.input).unwrap();
    file
}

fn say(text: &str) {
    // A reader that has closed the pipe is no error.
    let _ = writeln!(io::stdout(), "{}", printable(text));
}
