//! Which file of a crate imports from which: modules are read with `syn`, and every path is followed to the file that defines the item.
//! Calls of methods on values are not followed, since that needs types.

mod attributes;
mod bindings;
mod circle;
mod code;
mod imports;
mod reading;
mod resolution;
mod tokens;
mod tree;
mod words;

pub(crate) use circle::{Circle, Graph};
pub(crate) use imports::graph;
pub(crate) use reading::{Sources, read};
pub(crate) use words::words;
