//! The search space as samplers need it: numeric coordinates instead of named values.

pub(crate) mod dimension;
mod domain;
pub(crate) mod encoded;
pub(crate) mod shapes;
