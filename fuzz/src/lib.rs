//! Fuzzing without a nightly compiler, and without its coverage: seeds of a committed corpus are mutated and given to every parser of files from outside. An input
//! may be refused; one that panics is kept.
//!
//! `cargo run -p xp-fuzz` fuzzes all targets for a minute each. What was found goes into `corpus/{target}`, where it is tried first from
//! then on.

#![allow(
    clippy::unwrap_used,
    reason = "a failure of the fuzzer's own files ends it"
)]

mod corpus;
mod fuzzer;
mod mutate;
mod targets;

pub use fuzzer::{Found, fuzz};
pub use targets::{Run, TARGETS, Target};
