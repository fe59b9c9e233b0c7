//! Data: raw daily bars → causal features → parquet and schema lock; and loading. Polars lives here; libtorch must not.

pub mod bars;
pub mod build;
mod error;
pub mod features;
pub mod load;
pub mod manifest;
pub mod timescale;
pub mod verify;

pub use error::DataError;
