//! Checks that files are those that manifest and lock describe, and were made from what they name (F18, F21).

use xp_clock::Clock;
use xp_spec::files::{Workspace, manifest::ProcessedEntry};

use crate::{
    build::BUILDER,
    error::DataError,
    md5_cache::{Hashing, Md5Cache},
    simulate::check_drawn,
    source::processed,
};

/// Checks lineage and raw file of a processed data set: what it would be built from.
pub fn verify_source(
    workspace: &Workspace,
    name: &str,
    hashing: Hashing,
    clock: &Clock,
) -> Result<ProcessedEntry, DataError> {
    let mut files = Md5Cache::open(workspace, hashing, clock);
    let entry = source(workspace, name, &mut files)?;
    files.save();
    Ok(entry)
}

/// Checks MD5 and lineage of a processed data set and of its raw file. The parquet must exist.
pub fn verify(
    workspace: &Workspace,
    name: &str,
    hashing: Hashing,
    clock: &Clock,
) -> Result<ProcessedEntry, DataError> {
    let mut files = Md5Cache::open(workspace, hashing, clock);
    let entry = source(workspace, name, &mut files)?;
    let path = workspace.root().join(&entry.path);
    let found = files.md5(&entry.path).map_err(|cause| DataError::Read {
        path: path.clone(),
        cause: cause.to_string(),
        remedy: "run `cargo xp data build`",
    })?;
    files.save();
    if found != entry.md5 {
        return Err(DataError::Hash {
            path,
            found,
            expected: entry.md5,
            by: "data/manifest.yaml".to_owned(),
            remedy: "delete it and run `cargo xp data build`".to_owned(),
        });
    }
    Ok(entry)
}

fn source(
    workspace: &Workspace,
    name: &str,
    files: &mut Md5Cache<'_>,
) -> Result<ProcessedEntry, DataError> {
    let manifest = workspace.manifest()?;
    let rebuild = format!("run `cargo xp data build {name}` and commit its lock");
    let entry = processed(&manifest, name)?;
    let raw = manifest.raw.get(&entry.raw).ok_or_else(|| {
        DataError::Content(format!(
            "data/manifest.yaml: `{name}` is made from `{}`, which it does not have",
            entry.raw
        ))
    })?;
    if entry.raw_md5 != raw.md5 {
        return Err(DataError::Content(format!(
            "`{name}` was made from another version of {} (MD5 {}, now {}); {rebuild}",
            raw.path, entry.raw_md5, raw.md5
        )));
    }
    if entry.builder != BUILDER {
        return Err(DataError::Content(format!(
            "`{name}` was made by {}, this is {BUILDER}; {rebuild}",
            entry.builder
        )));
    }
    let mut check = |path: &str, expected: &str, by: &str, remedy: &str| {
        let full = workspace.root().join(path);
        let found = files
            .md5(path)
            .map_err(|cause| DataError::read(&full, &cause))?;
        if found == expected {
            return Ok(());
        }
        Err(DataError::Hash {
            path: full,
            found,
            expected: expected.to_owned(),
            by: by.to_owned(),
            remedy: remedy.to_owned(),
        })
    };
    let restore = "restore it from git";
    check(&raw.path, &raw.md5, "data/manifest.yaml", restore)?;
    check_drawn(raw)?;
    let lock = workspace.lock(&entry.lock)?;
    if lock.md5 != entry.md5
        || lock.rows != entry.rows
        || lock.timescale != entry.timescale
        || lock.spine.from != raw.from
    {
        return Err(DataError::Content(format!(
            "{} and data/manifest.yaml disagree; {rebuild}",
            entry.lock
        )));
    }
    if lock.spine.path == raw.path && lock.spine.md5 != raw.md5 {
        return Err(DataError::Content(format!(
            "{} was made with other prices than {} has; {rebuild}",
            entry.lock, raw.path
        )));
    }
    check(&lock.years.path, &lock.years.md5, &entry.lock, &rebuild)?;
    if lock.spine.path != raw.path {
        check(&lock.spine.path, &lock.spine.md5, &entry.lock, restore)?;
    }
    Ok(entry.clone())
}
