//! The parsers. To add one, write its file and its line in [`TARGETS`].

mod accounting;
mod cluster;
mod experiment_log;
mod lease;
mod mounts;
mod password_file;
mod price_file;
mod queue;
mod raw_csv;
mod run_record;
mod secret;
mod study_url;
mod target;
mod time_left;
mod workspace;

pub use target::{Run, Target};

/// All targets.
pub const TARGETS: [Target; 19] = [
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
    study_url::TARGET,
    password_file::TARGET,
    cluster::TARGET,
    queue::TARGET,
    accounting::TARGET,
    time_left::TARGET,
    mounts::TARGET,
    lease::TARGET,
];
