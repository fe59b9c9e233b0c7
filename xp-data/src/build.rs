//! Builds a processed data set: raw bars → timescale → 500 features → parquet and schema lock, bit for bit the same every time,
//! every feature proved causal on the way (F22).

use std::{fs, path::Path};

use md5::{Digest, Md5};
use polars::prelude::{
    Column, DataFrame, DataType, IntoColumn, NamedFrom, ParquetCompression, ParquetWriter, Series,
    StatisticsOptions,
};
use xp_spec::{
    files::{
        Workspace,
        lock::{LOCK_VERSION, LockedColumn, SchemaLock, SpineRef},
        manifest::{Manifest, ProcessedEntry, RawEntry},
        write_atomic, write_if_changed,
    },
    hash::md5_hex,
    split::WARMUP_BARS,
    timescale::Timescale,
};

use crate::{
    bars::{Bars, parse_bars},
    error::DataError,
    features::{Feature, Prepared, registry},
    manifest,
    timescale::aggregate,
};

/// Version of the definitions; part of the lineage of every processed file.
pub const BUILDER: &str = "xp-data 1";

/// Shares of the data at which causality is proved.
const CUTS: [f64; 3] = [0.35, 0.6, 0.85];

/// What a build changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    /// The parquet was written.
    pub parquet: bool,
    /// The lock was written.
    pub lock: bool,
    /// The manifest was written.
    pub manifest: bool,
}

/// Called with the number of finished features and of all.
pub type Progress<'a> = &'a mut dyn FnMut(usize, usize);

/// A processed data set in memory.
pub(crate) struct Processed {
    pub(crate) parquet: Vec<u8>,
    pub(crate) lock: SchemaLock,
}

/// Builds a data set of the manifest, or the daily one of a raw file of that name, and writes what changed.
pub fn build(
    workspace: &Workspace,
    name: &str,
    progress: Progress<'_>,
) -> Result<Changed, DataError> {
    build_parts(workspace, name, true, progress)
}

/// Writes lock and manifest of a data set without its parquet; one that is there must be what the definitions give.
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
    let mut manifest = workspace.manifest()?;
    let (raw_name, timescale) = source_of(&manifest, name)?;
    let raw = manifest
        .raw
        .get_mut(&raw_name)
        .ok_or_else(|| unknown_raw(name, &raw_name))?;
    let text = read_raw(workspace, raw)?;
    let bars = parse_bars(&workspace.root().join(&raw.path), &text)?;
    raw.rows = bars.len() as u64;
    if let (Some(first), Some(last)) = (bars.date.first(), bars.date.last()) {
        (raw.first, raw.last) = (first.to_string(), last.to_string());
    }
    let raw = raw.clone();
    let processed = process(name, &raw, &bars, timescale, progress)?;
    let path = format!("data/processed/{name}.parquet");
    let lock_path = format!("data/locks/{name}.lock.json");
    let there = workspace.root().join(&path);
    if !with_parquet && there.exists() {
        let bytes = fs::read(&there).map_err(|cause| DataError::read(&there, &cause))?;
        let found = md5_hex(&bytes);
        if found != processed.lock.md5 {
            return Err(DataError::Hash {
                path: there,
                found,
                expected: processed.lock.md5,
                by: "the definitions of its features".to_owned(),
                remedy: format!("run `cargo xp data build {name}`, which replaces it"),
            });
        }
    }
    let entry = ProcessedEntry {
        path: path.clone(),
        lock: lock_path.clone(),
        raw: raw_name,
        raw_md5: raw.md5.clone(),
        builder: BUILDER.to_owned(),
        timescale: timescale.name().to_owned(),
        md5: processed.lock.md5.clone(),
        rows: processed.lock.rows,
    };
    manifest.processed.insert(name.to_owned(), entry);
    let write = |path: &str, bytes: &[u8]| {
        let path = workspace.root().join(path);
        write_if_changed(&path, bytes).map_err(|cause| DataError::write(&path, &cause))
    };
    Ok(Changed {
        parquet: with_parquet && write(&path, &processed.parquet)?,
        lock: write(&lock_path, lock_text(&processed.lock).as_bytes())?,
        manifest: manifest::write(workspace, &manifest)?,
    })
}

/// Builds the parquet of a locked data set when it is absent; what is built must be what the lock describes.
pub fn ensure_processed(
    workspace: &Workspace,
    name: &str,
    progress: Progress<'_>,
) -> Result<ProcessedEntry, DataError> {
    let manifest = workspace.manifest()?;
    let entry = manifest.processed.get(name).ok_or_else(|| {
        DataError::Content(format!(
            "`{name}` is not in data/manifest.yaml; run `cargo xp data build {name}`"
        ))
    })?;
    let path = workspace.root().join(&entry.path);
    if path.exists() {
        return Ok(entry.clone());
    }
    let raw = manifest
        .raw
        .get(&entry.raw)
        .ok_or_else(|| unknown_raw(name, &entry.raw))?;
    let (_, timescale) = source_of(&manifest, name)?;
    let text = read_raw(workspace, raw)?;
    let bars = parse_bars(&workspace.root().join(&raw.path), &text)?;
    let processed = process(name, raw, &bars, timescale, progress)?;
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

fn unknown_raw(name: &str, raw: &str) -> DataError {
    DataError::Content(format!(
        "data/manifest.yaml: `{name}` is made from the raw file `{raw}`, which is not there; add it under `raw:`"
    ))
}

fn source_of(manifest: &Manifest, name: &str) -> Result<(String, Timescale), DataError> {
    if let Some(entry) = manifest.processed.get(name) {
        let timescale = Timescale::parse(&entry.timescale).ok_or_else(|| {
            DataError::Content(format!(
                "data/manifest.yaml: `{name}` has the unknown timescale `{}`",
                entry.timescale
            ))
        })?;
        return Ok((entry.raw.clone(), timescale));
    }
    if manifest.raw.contains_key(name) {
        return Ok((name.to_owned(), Timescale::Daily));
    }
    let known: Vec<_> = manifest
        .raw
        .keys()
        .chain(manifest.processed.keys())
        .cloned()
        .collect();
    Err(DataError::Content(format!(
        "there is no data set `{name}`; data/manifest.yaml has {}",
        known.join(", ")
    )))
}

fn read_raw(workspace: &Workspace, raw: &RawEntry) -> Result<String, DataError> {
    let path = workspace.root().join(&raw.path);
    let text = fs::read_to_string(&path).map_err(|cause| DataError::read(&path, &cause))?;
    check_md5(
        &path,
        text.as_bytes(),
        &raw.md5,
        "restore it from git, or enter the new file's MD5 in the manifest",
    )?;
    Ok(text)
}

pub(crate) fn check_md5(
    path: &Path,
    bytes: &[u8],
    expected: &str,
    remedy: &str,
) -> Result<(), DataError> {
    let found = md5_hex(bytes);
    if found == expected {
        return Ok(());
    }
    Err(DataError::Hash {
        path: path.to_owned(),
        found,
        expected: expected.to_owned(),
        by: "data/manifest.yaml".to_owned(),
        remedy: remedy.to_owned(),
    })
}

fn process(
    name: &str,
    raw: &RawEntry,
    daily: &Bars,
    timescale: Timescale,
    progress: Progress<'_>,
) -> Result<Processed, DataError> {
    let bars = aggregate(daily, timescale);
    if bars.len() <= WARMUP_BARS {
        return Err(DataError::Content(format!(
            "`{name}` has {} {timescale} bars; features need more than {WARMUP_BARS}",
            bars.len()
        )));
    }
    let features = registry();
    let prepared = Prepared::new(&bars);
    let proofs: Vec<Proof> = CUTS
        .iter()
        .flat_map(|share| Proof::both(&bars, *share))
        .collect();
    let dates: Vec<i32> = bars
        .date
        .iter()
        .skip(WARMUP_BARS)
        .map(|date| date.to_epoch_days())
        .collect();
    let rows = dates.len();
    let date = Series::new("date".into(), dates)
        .cast(&DataType::Date)
        .map_err(|cause| DataError::Content(format!("failed to make the date column: {cause}")))?;
    let mut columns: Vec<Column> = vec![date.into_column()];
    let mut locked = Vec::with_capacity(features.len());
    let mut checksum = Md5::new();
    for (done, feature) in features.iter().enumerate() {
        let values = prepared.compute(feature);
        prove(feature, &values, &proofs)?;
        let kept: Vec<f32> = values
            .iter()
            .skip(WARMUP_BARS)
            .map(|value| *value as f32)
            .collect();
        locked.push(locked_column(feature, &kept, &bars)?);
        checksum.update(feature.name.as_bytes());
        for value in &kept {
            checksum.update(value.to_le_bytes());
        }
        columns.push(Series::new(feature.name.as_str().into(), kept).into_column());
        progress(done + 1, features.len());
    }
    let parquet = parquet_bytes(rows, columns)?;
    let lock = SchemaLock {
        version: LOCK_VERSION,
        name: name.to_owned(),
        timescale: timescale.name().to_owned(),
        rows: rows as u64,
        first: bars
            .date
            .get(WARMUP_BARS)
            .map(ToString::to_string)
            .unwrap_or_default(),
        last: bars
            .date
            .last()
            .map(ToString::to_string)
            .unwrap_or_default(),
        md5: md5_hex(&parquet),
        columns_md5: checksum
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
        spine: SpineRef {
            path: raw.path.clone(),
            md5: raw.md5.clone(),
            rows: daily.len() as u64,
        },
        columns: locked,
    };
    Ok(Processed { parquet, lock })
}

/// Bars whose first `cut` equal the real ones and whose future does not exist, or is another one.
struct Proof {
    cut: usize,
    prepared: Prepared,
}

impl Proof {
    fn both(bars: &Bars, share: f64) -> [Self; 2] {
        let cut = WARMUP_BARS + ((bars.len() - WARMUP_BARS) as f64 * share) as usize;
        let mut corrupted = bars.clone();
        for column in [
            &mut corrupted.open,
            &mut corrupted.high,
            &mut corrupted.low,
            &mut corrupted.close,
        ] {
            for price in column.iter_mut().skip(cut) {
                *price *= 1.7;
            }
        }
        for volume in corrupted.volume.iter_mut().skip(cut) {
            *volume *= 9.0;
        }
        [bars.truncated(cut), corrupted].map(|bars| Self {
            cut,
            prepared: Prepared::new(&bars),
        })
    }
}

/// Nothing before a cut may move when what follows is missing or different.
fn prove(feature: &Feature, values: &[f64], proofs: &[Proof]) -> Result<(), DataError> {
    for proof in proofs {
        let other = proof.prepared.compute(feature);
        let moved = values
            .iter()
            .zip(&other)
            .take(proof.cut)
            .position(|(a, b)| a.to_bits() != b.to_bits());
        if let Some(bar) = moved {
            return Err(DataError::Content(format!(
                "feature `{}` is not causal: its value at bar {bar} moves when bars from {} on change; correct its definition",
                feature.name, proof.cut
            )));
        }
    }
    Ok(())
}

fn locked_column(
    feature: &Feature,
    values: &[f32],
    bars: &Bars,
) -> Result<LockedColumn, DataError> {
    if let Some(row) = values.iter().position(|value| !value.is_finite()) {
        return Err(DataError::Content(format!(
            "feature `{}` has no finite value on {}; correct its definition",
            feature.name,
            bars.date
                .get(row + WARMUP_BARS)
                .map(ToString::to_string)
                .unwrap_or_default()
        )));
    }
    let n = values.len() as f64;
    let mean = values.iter().fold(0.0, |sum, x| sum + f64::from(*x)) / n;
    let squares = values.iter().fold(0.0, |sum, x| {
        sum + (f64::from(*x) - mean) * (f64::from(*x) - mean)
    });
    Ok(LockedColumn {
        name: feature.name.clone(),
        tier: feature.tier,
        dtype: "f32".to_owned(),
        nulls: 0,
        min: values
            .iter()
            .fold(f64::INFINITY, |least, x| least.min(f64::from(*x))),
        max: values
            .iter()
            .fold(f64::NEG_INFINITY, |most, x| most.max(f64::from(*x))),
        mean,
        sd: (squares / (n - 1.0)).sqrt(),
        causal_cuts: CUTS.len() as u32,
    })
}

/// Uncompressed and without statistics: the bytes depend on the values alone, and a reader of 20 columns reads those only.
fn parquet_bytes(rows: usize, columns: Vec<Column>) -> Result<Vec<u8>, DataError> {
    let failed = |cause: polars::prelude::PolarsError| {
        DataError::Content(format!("failed to encode the parquet: {cause}"))
    };
    let mut frame = DataFrame::new(rows, columns).map_err(failed)?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Uncompressed)
        .with_statistics(StatisticsOptions::empty())
        .with_row_group_size(Some(rows.max(1)))
        .set_parallel(false)
        .finish(&mut frame)
        .map_err(failed)?;
    Ok(bytes)
}

/// The lock as JSON with one column a line, so that a diff shows what moved.
pub(crate) fn lock_text(lock: &SchemaLock) -> String {
    let value = serde_json::to_value(lock).unwrap_or_default();
    let mut lines = Vec::new();
    for (key, value) in value.as_object().into_iter().flatten() {
        match value.as_array() {
            Some(items) => {
                let items: Vec<_> = items.iter().map(|item| format!("    {item}")).collect();
                lines.push(format!("  \"{key}\": [\n{}\n  ]", items.join(",\n")));
            }
            None => lines.push(format!("  \"{key}\": {value}")),
        }
    }
    format!("{{\n{}\n}}\n", lines.join(",\n"))
}
