//! The search space as samplers see it: axes with coordinates instead of parameters with values.

mod axes;
pub(crate) mod axis;
pub(crate) mod compiled;
pub(crate) mod shapes;
