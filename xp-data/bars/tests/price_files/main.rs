//! Files of daily bars as people have them, each kind with what reading it must give: the same bars, a finding, or a refusal that says why.
//! The table of kinds in `docs/formats.md` names the cases.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod contents;
mod dates;
mod fixture;
mod layouts;
mod numbers;
mod prices;
