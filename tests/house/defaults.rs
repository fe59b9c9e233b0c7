//! Defaults that are written in two places agree.

use std::fs;

use crate::workspace::root;

/// Defaults of an experiment are in `configs/defaults.yaml`; the default of the library is the same.
#[test]
fn the_default_strategy_is_the_one_of_the_defaults() {
    let workspace = xp_spec::files::Workspace::find(&root()).unwrap();
    let shipped = workspace.defaults().unwrap().search;
    let own = xp_spec::strategy::Strategy::default();
    assert_eq!(
        (shipped.sampler, shipped.startup_trials, shipped.pruner),
        (
            own.sampler,
            own.startup_trials,
            xp_spec::pruner::PrunerName::default()
        )
    );
}

/// A container and a machine build with the same compiler.
#[test]
fn the_containers_rust_is_that_of_the_workspace() {
    let text = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    let toolchain = text("rust-toolchain.toml");
    let channel = toolchain.lines().find_map(|line| {
        let version = line.strip_prefix("channel = \"")?;
        version.strip_suffix('"')
    });
    let option = format!("--default-toolchain {}\n", channel.unwrap());
    assert!(text("configs/Containerfile").contains(&option), "{option}");
}
