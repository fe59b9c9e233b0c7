//! Rules of the house that no compiler keeps: one file per rule.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod checkout;
mod circles;
mod clock;
mod defaults;
mod dependencies;
mod experiments;
mod failures;
mod floors;
mod graph;
mod graph_cases;
mod length;
mod locks;
mod sealed;
mod tested;
mod workspace;
