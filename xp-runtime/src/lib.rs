//! Runs an experiment that `experiment!` has validated: pre-flight, data, search or training, thermal guard, log, report.
//! It must not hold a second copy of a rule: rules are `xp-spec`'s.
//!
//! The modules are floors: each imports only from those above it in this list.

mod context;

mod journal;

mod guard;
mod study;

mod preflight;

mod data;

mod baselines;

mod search;
mod training;

mod report;

mod launch;

pub use context::{Borrowed, Context, Finding, Input, RunError, Spec};
pub use data::Data;
pub use guard::ThermalGuard;
pub use journal::{Finished, Journal};
pub use launch::{
    launch, load_validated_data, log_and_report, preflight, search, start_thermal_guard, train,
};
pub use preflight::Ready;
pub use xp_spec::vocabulary;
