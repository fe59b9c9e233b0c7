//! Runs an experiment that `experiment!` has validated: pre-flight, data, search or training, thermal guard, log, report.
//! It must not hold a second copy of a rule: rules are `xp-spec`'s.

pub mod model;
pub mod rng;
pub mod train;
