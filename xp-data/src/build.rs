//! Builds a processed data set: raw bars → timescale → 500 features → parquet and schema lock, bit for bit the same every time,
//! every feature proved causal on the way (F22). Files are replaced whole, and only where their content changes.

use std::{collections::BTreeSet, fs};

use md5::{Digest, Md5};
use xp_spec::{
    files::{
        Workspace,
        lock::{DefaultSplit, LOCK_VERSION, LockedColumn, SchemaLock, SpineRef},
        manifest::{KeptFinding, Manifest, ProcessedEntry, RawEntry},
        write_atomic, write_if_changed,
    },
    hash::md5_hex,
    split::WARMUP_BARS,
    timescale::Timescale,
};

use crate::{
    bars::Bars,
    causality::Proof,
    checks::{inspect, is_check},
    dimension::dimensions,
    encode::{lock_text, parquet_bytes},
    error::DataError,
    features::{Feature, Prepared, registry},
    findings::{Severity, refusal},
    manifest,
    process_lock::ProcessLock,
    raw::{Raw, read_raw},
    statistics::{by_region, default_split},
    timescale::aggregate,
};

/// Version of the definitions; part of the lineage of every processed file.
pub const BUILDER: &str = "xp-data 1";

/// What a build changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    /// The parquet was written.
    pub parquet: bool,
    /// The lock, or its price spine, was written.
    pub lock: bool,
    /// The manifest was written.
    pub manifest: bool,
}

/// Called with the number of finished features and of all.
pub type Progress<'a> = &'a mut dyn FnMut(usize, usize);

/// A processed data set in memory.
pub struct Processed {
    /// The parquet's bytes.
    pub parquet: Vec<u8>,
    /// Its lock.
    pub lock: SchemaLock,
}

/// Builds a data set of the manifest and writes what changed. A name that the manifest does not have yet is that of a raw file, for its daily bars,
/// or ends in a timescale: `nasdaq_weekly` is made from the raw file `nasdaq` or `nasdaq_daily`.
pub fn build(
    workspace: &Workspace,
    name: &str,
    progress: Progress<'_>,
) -> Result<Changed, DataError> {
    build_parts(workspace, name, true, progress)
}

/// Writes lock and manifest of a data set without its parquet; an existing one must be what the definitions give.
pub fn lock(
    workspace: &Workspace,
    name: &str,
    progress: Progress<'_>,
) -> Result<Changed, DataError> {
    build_parts(workspace, name, false, progress)
}

fn build_parts(
    workspace: &Workspace,
    name: &str,
    with_parquet: bool,
    progress: Progress<'_>,
) -> Result<Changed, DataError> {
    let _lock = ProcessLock::try_acquire(workspace)?;
    let mut manifest = workspace.manifest()?;
    let source = source_of(&manifest, name)?;
    let entry = raw_entry(&manifest, name, &source.raw)?;
    let raw = read_raw(workspace, &source.raw, entry)?;
    let entry = inspected(&source.raw, entry, &raw.bars)?;
    let processed = process(name, &raw, &source, &registry(), progress)?;
    let path = format!("data/processed/{name}.parquet");
    let lock_path = format!("data/locks/{name}.lock.json");
    let existing = workspace.root().join(&path);
    if !with_parquet && existing.exists() {
        let bytes = fs::read(&existing).map_err(|cause| DataError::read(&existing, &cause))?;
        let found = md5_hex(&bytes);
        if found != processed.lock.md5 {
            return Err(DataError::Hash {
                path: existing,
                found,
                expected: processed.lock.md5,
                by: "the definitions of its features".to_owned(),
                remedy: format!("run `cargo xp data build {name}`, which replaces it"),
            });
        }
    }
    let made = ProcessedEntry {
        path: path.clone(),
        lock: lock_path.clone(),
        raw: source.raw.clone(),
        raw_md5: entry.md5.clone(),
        builder: BUILDER.to_owned(),
        timescale: source.timescale.name().to_owned(),
        md5: processed.lock.md5.clone(),
        rows: processed.lock.rows,
        split: Some(processed.lock.split),
    };
    manifest.raw.insert(source.raw, entry);
    manifest.processed.insert(name.to_owned(), made);
    let write = |path: &str, bytes: &[u8]| {
        let path = workspace.root().join(path);
        write_if_changed(&path, bytes).map_err(|cause| DataError::write(&path, &cause))
    };
    let spine = match &raw.spine_text {
        Some(text) => write(&raw.spine.path, text.as_bytes())?,
        None => false,
    };
    Ok(Changed {
        parquet: with_parquet && write(&path, &processed.parquet)?,
        lock: write(&lock_path, lock_text(&processed.lock).as_bytes())? || spine,
        manifest: manifest::write(workspace, &manifest)?,
    })
}

/// Builds the parquet of a locked data set when it is absent; what is built must be what the lock describes. Waits for another
/// process that is building: it may be building the same file.
pub fn ensure_processed(
    workspace: &Workspace,
    name: &str,
    progress: Progress<'_>,
) -> Result<ProcessedEntry, DataError> {
    let manifest = workspace.manifest()?;
    let entry = processed(&manifest, name)?;
    let path = workspace.root().join(&entry.path);
    if path.exists() {
        return Ok(entry.clone());
    }
    let _lock = ProcessLock::acquire(workspace)?;
    if path.exists() {
        return Ok(entry.clone());
    }
    let source = source_of(&manifest, name)?;
    let raw = read_raw(
        workspace,
        &source.raw,
        raw_entry(&manifest, name, &source.raw)?,
    )?;
    let processed = process(name, &raw, &source, &registry(), progress)?;
    if processed.lock.md5 != entry.md5 {
        return Err(DataError::Hash {
            path,
            found: processed.lock.md5,
            expected: entry.md5.clone(),
            by: "data/manifest.yaml".to_owned(),
            remedy: format!(
                "the definitions of features changed: run `cargo xp data build {name}` and commit its lock"
            ),
        });
    }
    write_atomic(&path, &processed.parquet).map_err(|cause| DataError::write(&path, &cause))?;
    Ok(entry.clone())
}

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

fn source_of(manifest: &Manifest, name: &str) -> Result<Source, DataError> {
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

fn raw_entry<'a>(manifest: &'a Manifest, name: &str, raw: &str) -> Result<&'a RawEntry, DataError> {
    manifest.raw.get(raw).ok_or_else(|| {
        DataError::Content(format!(
            "data/manifest.yaml: `{name}` is made from `{raw}`, which it does not have; add it with `cargo xp data import`"
        ))
    })
}

/// The raw entry with the findings of its bars; an error among them refuses the file.
fn inspected(name: &str, raw: &RawEntry, bars: &Bars) -> Result<RawEntry, DataError> {
    let findings = inspect(bars);
    if let Some(refusal) = refusal(&findings) {
        return Err(DataError::Content(format!("{}: {refusal}", raw.path)));
    }
    let day = |date: Option<&chrono::NaiveDate>| date.map(ToString::to_string);
    let (Some(first), Some(last)) = (day(bars.date.first()), day(bars.date.last())) else {
        return Err(DataError::Content(format!("`{name}` has no bars")));
    };
    let of_import = |finding: &&KeptFinding| !is_check(&finding.check);
    let imported = raw.findings.iter().filter(of_import).cloned();
    let found = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Warning)
        .map(crate::findings::Finding::record);
    Ok(RawEntry {
        rows: bars.len() as u64,
        first,
        last,
        findings: imported.chain(found).collect(),
        ..raw.clone()
    })
}

fn process(
    name: &str,
    raw: &Raw,
    source: &Source,
    features: &[Feature],
    progress: Progress<'_>,
) -> Result<Processed, DataError> {
    let spine = raw.spine.clone();
    process_bars(name, &raw.bars, spine, source, features, progress)
}

/// Computes, proves and encodes the features of daily bars. Nothing is read or written.
pub fn process_bars(
    name: &str,
    daily: &Bars,
    spine: SpineRef,
    source: &Source,
    features: &[Feature],
    progress: Progress<'_>,
) -> Result<Processed, DataError> {
    let timescale = source.timescale;
    let bars = aggregate(daily, timescale);
    if bars.len() <= WARMUP_BARS {
        return Err(DataError::Content(format!(
            "`{name}` has {} {timescale} bars; features need more than {WARMUP_BARS}",
            bars.len()
        )));
    }
    for (position, feature) in features.iter().enumerate() {
        if features
            .iter()
            .take(position)
            .any(|other| other.name == feature.name)
        {
            return Err(DataError::Content(format!(
                "feature `{}` is defined twice; rename the one in xp-data/src/features/own",
                feature.name
            )));
        }
    }
    let prepared = Prepared::new(&bars);
    let proof = Proof::new(&bars);
    let dates = bars.date.get(WARMUP_BARS..).unwrap_or_default();
    let split = source
        .split
        .or_else(|| default_split(dates, timescale))
        .ok_or_else(|| DataError::Content(format!("`{name}` has no rows after warm-up")))?;
    let mut columns = Vec::with_capacity(features.len());
    let mut locked = Vec::with_capacity(features.len());
    let mut checksum = Md5::new();
    for (done, feature) in features.iter().enumerate() {
        let values = prepared.compute(feature);
        let causal_cuts = proof.prove(feature, &values)?;
        let column: Vec<f32> = values
            .iter()
            .skip(WARMUP_BARS)
            .map(|value| *value as f32)
            .collect();
        if let Some(row) = column.iter().position(|value| !value.is_finite()) {
            return Err(DataError::Content(format!(
                "feature `{}` has no finite value on {}; correct its definition",
                feature.name,
                dates.get(row).map(ToString::to_string).unwrap_or_default()
            )));
        }
        let [train, val, test] = by_region(&column, dates, split);
        locked.push(LockedColumn {
            name: feature.name.clone(),
            tier: feature.tier,
            dtype: "f32".to_owned(),
            nulls: 0,
            causal_cuts,
            train,
            val,
            test,
        });
        checksum.update(feature.name.as_bytes());
        for value in &column {
            checksum.update(value.to_le_bytes());
        }
        columns.push((feature.name.clone(), column));
        progress(done + 1, features.len());
    }
    let values: Vec<&[f32]> = columns
        .iter()
        .map(|(_, values)| values.as_slice())
        .collect();
    let dimensions = dimensions(&values)?;
    let rows = dates.len() as u64;
    let parquet = parquet_bytes(dates, columns)?;
    let day = |date: Option<&chrono::NaiveDate>| date.map(ToString::to_string).unwrap_or_default();
    let lock = SchemaLock {
        version: LOCK_VERSION,
        name: name.to_owned(),
        timescale: timescale.name().to_owned(),
        rows,
        first: day(dates.first()),
        last: day(dates.last()),
        md5: md5_hex(&parquet),
        columns_md5: checksum
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
        spine,
        split,
        dimensions,
        columns: locked,
    };
    Ok(Processed { parquet, lock })
}
