//! Data: raw daily bars → causal features → parquet and schema lock; and loading. Polars lives here; libtorch must not.

mod alone;
pub mod bars;
pub mod build;
pub mod causality;
pub mod checks;
pub mod dimension;
pub mod drift;
mod eigenvalues;
mod encode;
mod error;
pub mod features;
pub mod findings;
mod fingerprints;
pub mod import;
pub mod load;
pub mod manifest;
mod raw;
mod sheet;
mod statistics;
pub mod timescale;
pub mod verify;

pub use error::DataError;
pub use fingerprints::Hashing;
