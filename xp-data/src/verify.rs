//! Checks that files are what manifest and lock say, and come from what they say (F18, F21).

use std::fs;

use xp_spec::files::{Workspace, manifest::ProcessedEntry};

use crate::{
    build::{BUILDER, check_md5},
    error::DataError,
};

/// Checks lineage and raw file of a processed data set: what it would be built from.
pub fn verify_source(workspace: &Workspace, name: &str) -> Result<ProcessedEntry, DataError> {
    let manifest = workspace.manifest()?;
    let rebuild = format!("run `cargo xp data build {name}` and commit its lock");
    let entry = manifest.processed.get(name).ok_or_else(|| {
        DataError::Content(format!("`{name}` is not in data/manifest.yaml; {rebuild}"))
    })?;
    let raw = manifest.raw.get(&entry.raw).ok_or_else(|| {
        DataError::Content(format!(
            "data/manifest.yaml: `{name}` is made from `{}`, which is not there",
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
    let raw_path = workspace.root().join(&raw.path);
    let bytes = fs::read(&raw_path).map_err(|cause| DataError::read(&raw_path, &cause))?;
    check_md5(&raw_path, &bytes, &raw.md5, "restore it from git")?;
    let lock = workspace.lock(&entry.lock)?;
    if lock.md5 != entry.md5 || lock.rows != entry.rows {
        return Err(DataError::Content(format!(
            "{} and data/manifest.yaml disagree; {rebuild}",
            entry.lock
        )));
    }
    Ok(entry.clone())
}

/// Checks MD5 and lineage of a processed data set and of its raw file. The parquet must be there.
pub fn verify(workspace: &Workspace, name: &str) -> Result<ProcessedEntry, DataError> {
    let entry = verify_source(workspace, name)?;
    let path = workspace.root().join(&entry.path);
    let bytes = fs::read(&path).map_err(|cause| DataError::Read {
        path: path.clone(),
        cause: cause.to_string(),
        remedy: "run `cargo xp data build`",
    })?;
    check_md5(
        &path,
        &bytes,
        &entry.md5,
        "delete it and run `cargo xp data build`",
    )?;
    Ok(entry)
}
