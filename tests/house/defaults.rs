//! Defaults that are written in two places agree.

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
