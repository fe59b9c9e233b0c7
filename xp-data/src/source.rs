//! From which raw file, and at which timescale, a processed data set is made. It reads the manifest only.

use std::collections::BTreeSet;

use xp_spec::{
    files::{
        lock::DefaultSplit,
        manifest::{Manifest, ProcessedEntry, RawEntry},
    },
    timescale::Timescale,
};

use crate::error::DataError;

/// What a processed data set is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Name of the raw entry.
    pub raw: String,
    /// Bars.
    pub timescale: Timescale,
    /// Borders for the lock's statistics; chosen by the builder where absent.
    pub split: Option<DefaultSplit>,
}

/// The source of a data set: of its entry, or by its name where it has none yet.
pub(crate) fn source_of(manifest: &Manifest, name: &str) -> Result<Source, DataError> {
    if let Some(entry) = manifest.processed.get(name) {
        let timescale = Timescale::parse(&entry.timescale).ok_or_else(|| {
            DataError::Content(format!(
                "data/manifest.yaml: `{name}` has the unknown timescale `{}`",
                entry.timescale
            ))
        })?;
        return Ok(Source {
            raw: entry.raw.clone(),
            timescale,
            split: entry.split,
        });
    }
    let source = |raw: &str, timescale| Source {
        raw: raw.to_owned(),
        timescale,
        split: None,
    };
    if manifest.raw.contains_key(name) {
        return Ok(source(name, Timescale::Daily));
    }
    for timescale in Timescale::ALL {
        let Some(stem) = name.strip_suffix(&format!("_{timescale}")) else {
            continue;
        };
        for raw in [stem.to_owned(), format!("{stem}_daily")] {
            if manifest.raw.contains_key(&raw) {
                return Ok(source(&raw, timescale));
            }
        }
    }
    let known: BTreeSet<&str> = manifest
        .raw
        .keys()
        .chain(manifest.processed.keys())
        .map(String::as_str)
        .collect();
    if known.is_empty() {
        return Err(DataError::Content(format!(
            "there is no data set `{name}`: data/manifest.yaml has none yet; add a file with `cargo xp data import FILE --name {name}`"
        )));
    }
    let known: Vec<&str> = known.into_iter().collect();
    Err(DataError::Content(format!(
        "there is no data set `{name}`; data/manifest.yaml has {}, others are a raw file's name with 2d, 3d, 5d or weekly (`spy_weekly` of `spy_daily`), or are added by `cargo xp data import`",
        known.join(", ")
    )))
}

/// The entry of a processed data set; the error distinguishes one that is not built yet from one that is unknown.
pub fn processed<'a>(manifest: &'a Manifest, name: &str) -> Result<&'a ProcessedEntry, DataError> {
    match manifest.processed.get(name) {
        Some(entry) => Ok(entry),
        None => {
            source_of(manifest, name)?;
            Err(DataError::Content(format!(
                "`{name}` is not built yet; run `cargo xp data build {name}`"
            )))
        }
    }
}

/// The raw entry that a processed data set is made from.
pub(crate) fn raw_entry<'a>(
    manifest: &'a Manifest,
    name: &str,
    raw: &str,
) -> Result<&'a RawEntry, DataError> {
    manifest.raw.get(raw).ok_or_else(|| {
        DataError::Content(format!(
            "data/manifest.yaml: `{name}` is made from `{raw}`, which it does not have; add it with `cargo xp data import`"
        ))
    })
}
