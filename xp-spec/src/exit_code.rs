//! Exit codes of an experiment's binary, which batch scripts and `cargo xp` go by. docs/formats.md lists them for users.

/// Time was up; the same command continues.
pub const INCOMPLETE: u8 = 3;
/// Stopped because of temperature; the same command continues.
pub const THERMAL: u8 = 4;
/// A batch system has ended the run, which asks for the same command again: `EX_TEMPFAIL` of BSD's sysexits.h, which `RequeueExit` of Slurm
/// can name.
pub const REQUEUE: u8 = 75;
/// A user has interrupted the run, as shells have it for SIGINT.
pub const INTERRUPTED: u8 = 130;
