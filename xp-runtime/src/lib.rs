//! Runs an experiment that `experiment!` has validated: pre-flight, data, search or training, thermal guard, log, report.
//! It must not hold a second copy of a rule: rules are `xp-spec`'s.

mod abandon;
mod arguments;
mod baselines;
mod borrowed;
mod data;
mod error;
mod folder;
mod guard;
mod memory;
pub mod model;
mod output;
mod panics;
mod preflight;
pub mod rng;
mod run;
mod search;
mod spec;
pub mod train;
mod training;

pub use data::Data;
pub use error::RunError;
pub use guard::ThermalGuard;
pub use run::{Outcome, Run, launch};
pub use spec::{Borrowed, Spec};
pub use xp_spec::vocabulary;
