//! A copy of this workspace's data and configuration in a folder of a test's own.

use std::{fs, io, path::Path};

/// Folder of this workspace.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Copies data and configuration, without processed files, so that `to` is a workspace.
pub fn copy_workspace(to: &Path) -> io::Result<()> {
    for folder in ["data/raw", "data/locks", "configs", "configs/model"] {
        copy_files(&root().join(folder), &to.join(folder))?;
    }
    fs::copy(
        root().join("data/manifest.yaml"),
        to.join("data/manifest.yaml"),
    )
    .map(|_| ())
}

/// Copies the experiments' files.
pub fn copy_experiments(to: &Path) -> io::Result<()> {
    let folder = "experiments/src/bin";
    copy_files(&root().join(folder), &to.join(folder))
}

/// Copies the files of one folder, not those of folders in it.
fn copy_files(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        if let (true, Some(name)) = (path.is_file(), path.file_name()) {
            fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}
