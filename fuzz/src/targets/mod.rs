//! The parsers. To add one, write its file and its line in [`TARGETS`].

mod experiment_log;
mod price_file;
mod raw_csv;
mod run_record;
mod target;
mod workspace;

pub use target::{Run, Target};

/// All targets.
pub const TARGETS: [Target; 11] = [
    price_file::TARGET,
    raw_csv::TARGET,
    experiment_log::TARGET,
    run_record::TARGET,
    workspace::EXPERIMENT,
    workspace::MANIFEST,
    workspace::DEFAULTS,
    workspace::DEVICES,
    workspace::MODEL,
    workspace::LOCK,
    workspace::PRICES,
];
