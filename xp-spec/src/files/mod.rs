//! Reading the files that experiments depend on: manifest, schema locks, model configurations, price spines.
//! Host-side code only; files are untrusted: bounded, and never a panic.

mod atomic;
mod bounded;
pub mod cluster;
pub mod config;
pub mod devices;
mod error;
pub mod footer;
mod free_name;
pub mod lock;
pub mod manifest;
pub mod model_config;
mod outputs;
pub mod position;
mod spine;
mod statistics;
mod workspace;

pub use atomic::{replace, same_file, sweep_temporaries, write_atomic, write_if_changed};
pub use bounded::read_at_most;
pub use error::FileError;
pub use free_name::free_name;
pub use outputs::{SEARCHES, SLURM_LOGS, TRAININGS, overridden_name, overridden_searches};
pub use spine::read_spine;
pub use workspace::{CLUSTER, DEFAULTS, EXPERIMENTS, MANIFEST, Workspace};
