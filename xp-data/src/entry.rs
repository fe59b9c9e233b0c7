//! Adds a raw file to `data/raw` and the manifest.

use std::fs;

use xp_spec::files::{
    Workspace,
    manifest::{Manifest, RawEntry},
    write_if_changed,
};

use crate::{error::DataError, manifest, process_lock::ProcessLock};

/// Names are parts of paths and names of binaries.
pub(crate) fn check_name(name: &str) -> Result<(), DataError> {
    let good = name.len() <= 40
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if good {
        return Ok(());
    }
    Err(DataError::Content(format!(
        "`{name}` is not a name of a data set: use lower-case letters, digits and `_`, such as spy_daily"
    )))
}

/// Refuses a name that has other prices, unless they are to be replaced, or that is a data set made from another raw file.
pub(crate) fn check_conflict(
    manifest: &Manifest,
    name: &str,
    entry: &RawEntry,
    replace: bool,
) -> Result<(), DataError> {
    if let Some(old) = manifest.raw.get(name)
        && old.md5 != entry.md5
        && !replace
    {
        return Err(DataError::Content(format!(
            "`{name}` is in data/manifest.yaml with other prices ({} to {}, MD5 {}); choose another name, or --replace, which renames the earlier file",
            old.first, old.last, old.md5
        )));
    }
    if let Some(made) = manifest.processed.get(name).filter(|made| made.raw != name) {
        return Err(DataError::Content(format!(
            "`{name}` is a data set of data/manifest.yaml that is made from `{}`; choose another name",
            made.raw
        )));
    }
    Ok(())
}

/// Writes file and entry. An entry with other prices is replaced only if `replace`; returns the new path of its file.
pub(crate) fn add(
    workspace: &Workspace,
    name: &str,
    entry: RawEntry,
    text: &str,
    replace: bool,
) -> Result<Option<String>, DataError> {
    let _lock = ProcessLock::try_acquire(workspace)?;
    let mut manifest = workspace.manifest()?;
    let path = workspace.root().join(&entry.path);
    let mut moved = None;
    let mut entry = entry;
    check_conflict(&manifest, name, &entry, replace)?;
    if let Some(old) = manifest.raw.get(name)
        && old.md5 != entry.md5
    {
        let end: String = old.md5.chars().take(8).collect();
        let renamed = format!("data/raw/{name}.{end}.csv");
        let earlier = workspace.root().join(&old.path);
        if earlier.exists() {
            let to = workspace.root().join(&renamed);
            fs::copy(&earlier, &to).map_err(|cause| DataError::write(&to, &cause))?;
            moved = Some(renamed);
        }
    } else if let Some(old) = manifest.raw.get(name) {
        entry.notes.clone_from(&old.notes);
    } else if path.exists() {
        let same = fs::read(&path).is_ok_and(|bytes| bytes == text.as_bytes());
        if !same {
            return Err(DataError::Content(format!(
                "{} exists and is not in data/manifest.yaml; move it away or choose another name",
                entry.path
            )));
        }
    }
    write_if_changed(&path, text.as_bytes()).map_err(|cause| DataError::write(&path, &cause))?;
    manifest.raw.insert(name.to_owned(), entry);
    manifest::write(workspace, &manifest)?;
    Ok(moved)
}
