//! The schema lock of a processed data set: every fact about the data that a build needs, without the data.
//!
//! Committed beside the manifest as `data/locks/{name}.lock.json`, one column per line, so that a diff shows what moved.
//! Written by `xp-data`, read by the macro, the CLI and pre-flight.

use serde::{Deserialize, Serialize};

/// Version of the lock's format; a reader refuses any other.
pub const LOCK_VERSION: u32 = 1;

/// Facts about one processed parquet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchemaLock {
    /// Format version, [`LOCK_VERSION`].
    pub version: u32,
    /// Name in the manifest, such as `nasdaq_daily`.
    pub name: String,
    /// Bars that the rows are: `daily`, `2d`, `3d`, `5d`, `weekly`.
    pub timescale: String,
    /// Rows after warm-up.
    pub rows: u64,
    /// Date of the first row, ISO.
    pub first: String,
    /// Date of the last row, ISO.
    pub last: String,
    /// MD5 of the parquet, 32 hexadecimal digits.
    pub md5: String,
    /// MD5 over the columns' names and little-endian values in order, independent of parquet's encoding.
    pub columns_md5: String,
    /// The daily price spine: date, high, close.
    pub spine: SpineRef,
    /// The columns, in the parquet's order, without `date`.
    pub columns: Vec<LockedColumn>,
}

/// Where the daily bars behind the labels are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpineRef {
    /// CSV with `date, high, close` among its columns, relative to the workspace.
    pub path: String,
    /// MD5 of that file.
    pub md5: String,
    /// Bars in it.
    pub rows: u64,
}

/// Facts about one column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedColumn {
    /// Name, as in the parquet.
    pub name: String,
    /// Smallest tier that holds it: 20, 100, 250, 500.
    pub tier: u32,
    /// Type, such as `f32`.
    pub dtype: String,
    /// Number of nulls and NaNs.
    pub nulls: u64,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// Mean.
    pub mean: f64,
    /// Standard deviation (n − 1).
    pub sd: f64,
    /// Cut points at which truncation and a corrupted future moved nothing earlier; 0 = not proved causal.
    pub causal_cuts: u32,
}
