//! Enters an imported file in `data/raw` and the manifest.

use std::fs;

use xp_spec::files::{Workspace, manifest::RawEntry, write_if_changed};

use crate::{alone::Alone, error::DataError, manifest};

/// Names go into paths and binaries.
pub(super) fn check_name(name: &str) -> Result<(), DataError> {
    let good = name.len() <= 40
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if good {
        return Ok(());
    }
    Err(DataError::Content(format!(
        "`{name}` is no name of a data set: small letters, digits and `_`, such as spy_daily"
    )))
}

/// Writes file and entry. Returns where the file of an earlier entry was moved, which is replaced only where that is asked for.
pub(super) fn enter(
    workspace: &Workspace,
    name: &str,
    entry: RawEntry,
    text: &str,
    replace: bool,
) -> Result<Option<String>, DataError> {
    let _alone = Alone::claim(workspace)?;
    let mut manifest = workspace.manifest()?;
    let path = workspace.root().join(&entry.path);
    let mut moved = None;
    if let Some(old) = manifest.raw.get(name)
        && old.md5 != entry.md5
    {
        if !replace {
            return Err(DataError::Content(format!(
                "`{name}` is in data/manifest.yaml with other prices ({} to {}, MD5 {}); choose another --name, or --replace, which keeps the earlier file",
                old.first, old.last, old.md5
            )));
        }
        let end: String = old.md5.chars().take(8).collect();
        let aside = format!("data/raw/{name}.{end}.csv");
        let earlier = workspace.root().join(&old.path);
        if earlier.exists() {
            let to = workspace.root().join(&aside);
            fs::copy(&earlier, &to).map_err(|cause| DataError::write(&to, &cause))?;
            moved = Some(aside);
        }
    } else if !manifest.raw.contains_key(name) && path.exists() {
        let same = fs::read(&path).is_ok_and(|bytes| bytes == text.as_bytes());
        if !same {
            return Err(DataError::Content(format!(
                "{} is there and is not in data/manifest.yaml; move it away or choose another --name",
                entry.path
            )));
        }
    }
    write_if_changed(&path, text.as_bytes()).map_err(|cause| DataError::write(&path, &cause))?;
    manifest.raw.insert(name.to_owned(), entry);
    manifest::write(workspace, &manifest)?;
    Ok(moved)
}
