//! `cargo xp submit`, `status` and `cancel`: with stand-ins for Slurm's commands, and on a real Slurm.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod answers;
mod cancel;
#[expect(dead_code, reason = "the tests of other commands call the rest")]
#[path = "../place/mod.rs"]
mod place;
mod programs;
mod real;
mod scripts;
mod status;
mod submit;
