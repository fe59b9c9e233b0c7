//! The vocabulary of an experiment and the only copy of every rule. Pure: no tensors, no polars, and no IO outside [`files`].

pub mod architecture;
#[cfg(feature = "files")]
pub mod files;
pub mod space;
