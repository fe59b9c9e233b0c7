//! Running one of Slurm's commands: what it says, and why it could not.

use std::{
    ffi::OsStr,
    io::{self, Write as _},
    path::Path,
    process::{Command, Stdio},
};

use xp_spec::{files::read_at_most, printable::printable};

use crate::failure::Failure;

/// Longest answer that is read, in bytes: a queue of tens of thousands of jobs.
const LONGEST: u64 = 256 << 20;
/// Variables by which `sbatch` would overrule a script by what jobs are found again.
const OVERRULING: [&str; 3] = ["SBATCH_ARRAY_INX", "SBATCH_JOB_NAME", "SBATCH_WAIT"];

/// Standard output of a command that is run in `folder` and reads `input`. Its standard error goes to the terminal, in its own words.
pub(crate) fn output<S: AsRef<OsStr>>(
    folder: &Path,
    program: &str,
    arguments: &[S],
    input: &str,
) -> Result<String, Failure> {
    run(folder, program, arguments, (input, Stdio::inherit()))
}

/// Standard output of a command that may fail, and whose standard error nobody needs.
pub(super) fn quiet_output<S: AsRef<OsStr>>(
    folder: &Path,
    program: &str,
    arguments: &[S],
) -> Option<String> {
    run(folder, program, arguments, ("", Stdio::null())).ok()
}

fn run<S: AsRef<OsStr>>(
    folder: &Path,
    program: &str,
    arguments: &[S],
    (input, stderr): (&str, Stdio),
) -> Result<String, Failure> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(stderr);
    for name in OVERRULING {
        command.env_remove(name);
    }
    let mut child = command.spawn().map_err(|cause| absent(program, &cause))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A command that does not read its input says why by its exit code.
        let _ = stdin.write_all(input.as_bytes());
    }
    let text = match child.stdout.take() {
        Some(mut stdout) => read_at_most(&mut stdout, LONGEST),
        None => Ok(Vec::new()),
    };
    let status = child.wait();
    let unread = |cause: io::Error| {
        Failure::new(format!("the answer of `{program}` cannot be read: {cause}"))
    };
    let text = text.map_err(unread)?;
    let status = status.map_err(unread)?;
    let text = String::from_utf8_lossy(&text).into_owned();
    if status.success() {
        return Ok(text);
    }
    let code = status.code().map_or_else(
        || "by a signal".to_owned(),
        |code| format!("with code {code}"),
    );
    let said = printable(text.trim().lines().next().unwrap_or_default());
    let colon = if said.is_empty() { "" } else { ": " };
    Err(Failure::new(format!(
        "`{program}` ended {code}{colon}{said}; `sinfo` shows whether Slurm answers"
    )))
}

/// The error for a command that could not be started.
fn absent(program: &str, cause: &io::Error) -> Failure {
    if cause.kind() != io::ErrorKind::NotFound {
        return Failure::new(format!("failed to start {program}: {cause}"));
    }
    Failure::new(format!(
        "there is no `{program}`: log in to a node of the cluster that has Slurm's commands, or install them (Debian and Ubuntu: `apt install \
         slurm-client`, with the cluster's slurm.conf and munge.key); docs/cluster.md has the set-up, and `cargo xp run` runs without Slurm"
    ))
}
