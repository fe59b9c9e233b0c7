//! The parsers. To add one, write its file and its line in [`TARGETS`].

mod experiment_log;
mod price_file;
mod raw_csv;
mod run_record;
mod workspace;

/// What a target does with an input.
pub type Run = Box<dyn FnMut(&[u8])>;

/// A parser of files from outside.
pub struct Target {
    /// Its name, and that of its folder of seeds.
    pub name: &'static str,
    /// Files of the workspace that are seeds, too.
    pub shipped: &'static [&'static str],
    /// Makes ready what an input is tried in.
    pub start: fn() -> Run,
}

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
