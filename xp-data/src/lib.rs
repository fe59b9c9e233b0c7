//! Data: raw daily bars → causal features → parquet and schema lock; and loading. Polars lives here; libtorch must not.

pub mod build;
pub mod causality;
pub mod dimension;
pub mod drift;
mod eigenvalues;
mod encode;
mod entry;
mod error;
pub mod features;
pub mod import;
pub mod load;
pub mod manifest;
mod md5_cache;
mod parquet;
pub mod process;
mod process_lock;
mod raw;
pub mod simulate;
pub mod source;
mod statistics;
pub mod timescale;
pub mod verify;
mod yearly;

pub use error::DataError;
pub use md5_cache::Hashing;
