//! The samplers. To add one: its name in `xp_spec::sampler`, a file here that implements
//! [`interface::Sampler`], and its lines in this file. `tests/samplers.rs` holds every name to the same rules.

mod auto;
mod gp;
mod grid;
pub(crate) mod interface;
mod random;
mod sobol;
mod startup;
mod tpe;

use xp_spec::strategy::Sampler as Name;

use crate::sampler::interface::Sampler;

/// The sampler of a name. A Gaussian process asked for by name is replaced by TPE beyond 200 trials, as under `auto`.
pub(crate) fn by_name(name: Name) -> &'static dyn Sampler {
    match name {
        Name::Auto | Name::Gp => &auto::Auto,
        Name::Tpe => &tpe::Tpe,
        Name::Random => &random::Random,
        Name::Sobol => &sobol::Sobol,
        Name::Grid => &grid::Grid,
    }
}

/// The sampler of the first trials of a model.
pub(crate) fn startup() -> &'static dyn Sampler {
    &startup::Startup
}
