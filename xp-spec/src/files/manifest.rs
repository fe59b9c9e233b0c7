//! `data/manifest.yaml`: the raw and processed data sets that experiments may name, with hashes and lineage.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::lock::DefaultSplit;
use crate::market::SimulatedMarket;

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

impl Manifest {
    /// Whether a processed data set was made from the raw file that the manifest now has (F21); the error is the reason why not.
    pub fn lineage(&self, name: &str, entry: &ProcessedEntry) -> Result<(), String> {
        let Some(raw) = self.raw.get(&entry.raw) else {
            return Err(format!(
                "`{name}` is made from `{}`, which the manifest does not have",
                entry.raw
            ));
        };
        if raw.md5 == entry.raw_md5 {
            return Ok(());
        }
        Err(format!(
            "`{name}` was made from another version of `{}`: raw MD5 {} then, {} now",
            entry.raw, entry.raw_md5, raw.md5
        ))
    }

    /// The first simulated market that is none: its parameters are out of bounds, or its first bars are not used, without which its truth is
    /// not known.
    pub fn unknown_market(&self) -> Option<String> {
        self.raw.iter().find_map(|(name, entry)| {
            let fault = match (entry.simulated?.check(), entry.from) {
                (Err(fault), _) => fault,
                (Ok(()), Some(_)) => {
                    "a simulated market is used from its first bar on, without `from`".to_owned()
                }
                (Ok(()), None) => return None,
            };
            Some(format!("`{name}`: {fault}"))
        })
    }

    /// The first path that is absolute or leaves the workspace.
    pub fn stray_path(&self) -> Option<&str> {
        let raw = self.raw.values().map(|entry| &entry.path);
        let processed = self.processed.values();
        raw.chain(processed.flat_map(|entry| [&entry.path, &entry.lock]))
            .map(String::as_str)
            .find(|path| !is_inside(path))
    }
}

/// Whether a path is relative and goes down only.
pub(crate) fn is_inside(path: &str) -> bool {
    let mut components = std::path::Path::new(path).components();
    components.all(|part| matches!(part, std::path::Component::Normal(_)))
}

/// A raw file of daily bars: CSV or parquet with `date, open, high, low, close, volume`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawEntry {
    /// Path relative to the workspace.
    pub path: String,
    /// MD5 of the file.
    pub md5: String,
    /// Bars, from `from` on.
    pub rows: u64,
    /// First date that is used, ISO.
    pub first: String,
    /// Last date, ISO.
    pub last: String,
    /// Bars before this day are not used; `notes` has the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// Where it came from.
    pub source: String,
    /// Its licence, and the path of the text.
    pub licence: String,
    /// The file that `cargo xp data import` made this one from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<Imported>,
    /// The market that it was drawn from by `cargo xp data simulate`, whose label probabilities are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub simulated: Option<SimulatedMarket>,
    /// What is known about it, written by people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What its checks found that is no error, written by the builder.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<RecordedFinding>,
}

/// Lineage of an imported raw file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Imported {
    /// Name of the file, without its folder.
    pub file: String,
    /// Its MD5.
    pub md5: String,
    /// Whose columns it had, such as `yahoo`.
    pub style: String,
    /// Form of its dates, such as `%Y-%m-%d`.
    pub dates: String,
    /// Whether prices were scaled by its adjusted close.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub adjusted: bool,
    /// Splits for which prices and volumes were adjusted, such as `2014-06-09=7:1`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub splits: Vec<String>,
}

/// A finding that is no error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedFinding {
    /// Name of the check, such as `zero-volume`.
    pub check: String,
    /// `warning` or `note`.
    pub severity: String,
    /// How many bars or positions it names.
    pub count: u64,
    /// What was found, with the first positions.
    pub found: String,
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
    /// Borders of the regions of its lock's statistics; chosen by the builder where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<DefaultSplit>,
}
