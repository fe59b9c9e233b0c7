//! Builds a processed data set: raw bars → timescale → 500 features → parquet and schema lock, bit for bit the same every time,
//! every feature proved causal on the way (F22). Files are replaced whole, and only where their content changes.

use std::fs;

use xp_bars::{
    Bars,
    checks::{inspect, inspect_simulated, is_check},
    findings::{recorded, refusal},
};
use xp_spec::{
    files::{
        Workspace,
        manifest::{ProcessedEntry, RawEntry, RecordedFinding},
        write_atomic, write_if_changed,
    },
    hash::md5_hex,
};

use crate::{
    encode::json_lines,
    error::DataError,
    features::registry,
    manifest,
    process::{Progress, process_bars},
    process_lock::ProcessLock,
    raw::read_raw,
    simulate::check_drawn,
    source::{processed, raw_entry, source_of},
};

/// Version of the definitions; part of the lineage of every processed file.
pub const BUILDER: &str = "xp-data 2";

/// What a build changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    /// The parquet was written.
    pub parquet: bool,
    /// The lock, its price spine or its figures by year were written.
    pub lock: bool,
    /// The manifest was written.
    pub manifest: bool,
}

/// Builds a data set of the manifest and writes what changed. A name that the manifest does not have yet is that of a raw file, for its
/// daily bars, or ends in a timescale: `nasdaq_weekly` is made from the raw file `nasdaq` or `nasdaq_daily`.
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
    check_drawn(entry)?;
    let entry = inspected(&source.raw, entry, &raw.bars)?;
    let processed = process_bars(
        name,
        &raw.bars,
        raw.spine.clone(),
        &source,
        &registry(),
        progress,
    )?;
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
    let years = write(&processed.lock.years.path, processed.years.as_bytes())?;
    Ok(Changed {
        parquet: with_parquet && write(&path, &processed.parquet)?,
        lock: write(&lock_path, json_lines(&processed.lock).as_bytes())? || spine || years,
        manifest: manifest::write(workspace, &manifest)?,
    })
}

/// Builds the parquet of a locked data set when it is absent; what is built must be what the lock describes. Waits for another
/// process that is building, and tells `on_wait` so: it may be building the same file.
pub fn ensure_processed(
    workspace: &Workspace,
    name: &str,
    on_wait: &mut dyn FnMut(&str),
    progress: Progress<'_>,
) -> Result<ProcessedEntry, DataError> {
    let manifest = workspace.manifest()?;
    let entry = processed(&manifest, name)?;
    let path = workspace.root().join(&entry.path);
    if path.exists() {
        return Ok(entry.clone());
    }
    let _lock = ProcessLock::acquire(workspace, on_wait)?;
    if path.exists() {
        return Ok(entry.clone());
    }
    let source = source_of(&manifest, name)?;
    let raw = read_raw(
        workspace,
        &source.raw,
        raw_entry(&manifest, name, &source.raw)?,
    )?;
    let processed = process_bars(
        name,
        &raw.bars,
        raw.spine.clone(),
        &source,
        &registry(),
        progress,
    )?;
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

/// The raw entry with the findings of its bars; an error among them refuses the file.
fn inspected(name: &str, raw: &RawEntry, bars: &Bars) -> Result<RawEntry, DataError> {
    let findings = match raw.simulated {
        Some(_) => inspect_simulated(bars),
        None => inspect(bars),
    };
    if let Some(refusal) = refusal(&findings) {
        return Err(DataError::Content(format!("{}: {refusal}", raw.path)));
    }
    let day = |date: Option<&chrono::NaiveDate>| date.map(ToString::to_string);
    let (Some(first), Some(last)) = (day(bars.date.first()), day(bars.date.last())) else {
        return Err(DataError::Content(format!("`{name}` has no bars")));
    };
    let of_import = |finding: &&RecordedFinding| !is_check(&finding.check);
    let imported = raw.findings.iter().filter(of_import).cloned();
    Ok(RawEntry {
        rows: bars.len() as u64,
        first,
        last,
        findings: imported.chain(recorded(&findings)).collect(),
        ..raw.clone()
    })
}
