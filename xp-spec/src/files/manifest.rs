//! `data/manifest.yaml`: the raw and processed data sets that experiments may name, with hashes and lineage.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The whole manifest.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Format version, 1.
    pub version: u32,
    /// Raw files by name.
    #[serde(default)]
    pub raw: BTreeMap<String, RawEntry>,
    /// Processed files by name.
    #[serde(default)]
    pub processed: BTreeMap<String, ProcessedEntry>,
}

/// A raw file of daily bars.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawEntry {
    /// Path relative to the workspace.
    pub path: String,
    /// MD5 of the file.
    pub md5: String,
    /// Bars.
    pub rows: u64,
    /// First date, ISO.
    pub first: String,
    /// Last date, ISO.
    pub last: String,
    /// Where it came from.
    pub source: String,
    /// Its licence, and the path of the text.
    pub licence: String,
    /// Findings of the import that are no errors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A processed parquet, made from a raw file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessedEntry {
    /// Path of the parquet relative to the workspace.
    pub path: String,
    /// Path of its schema lock relative to the workspace.
    pub lock: String,
    /// Name of the raw entry it was made from.
    pub raw: String,
    /// MD5 of that raw file when it was made (lineage, F21).
    pub raw_md5: String,
    /// Version of the builder that made it.
    pub builder: String,
    /// `daily`, `2d`, `3d`, `5d`, `weekly`.
    pub timescale: String,
    /// MD5 of the parquet.
    pub md5: String,
    /// Rows.
    pub rows: u64,
}
