//! The experiments of a folder, by their files. It must not interpret them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::source::Source;

/// The experiments of a folder.
pub(crate) struct Siblings {
    /// The folder of the experiment.
    pub(crate) folder: PathBuf,
    /// Names of the experiments in it, sorted; the experiment itself is among them.
    pub(crate) names: Vec<String>,
}

impl Siblings {
    /// Those of an experiment; `None` where its folder is not known.
    pub(crate) fn of(source: &Source) -> Option<Self> {
        let folder = source.file.as_deref().and_then(Path::parent)?;
        Some(Self {
            folder: folder.to_owned(),
            names: names(folder),
        })
    }
}

/// Names of the experiments in a folder, sorted.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names: Vec<_> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.file_name()?.to_str()?.strip_suffix(".rs")?;
            (path.is_file() && !name.starts_with('.')).then(|| name.to_owned())
        })
        .collect();
    names.sort();
    names
}

/// The text of an experiment.
pub(crate) fn text(folder: &Path, name: &str) -> Option<String> {
    fs::read_to_string(file(folder, name)).ok()
}

/// The file of an experiment.
pub(crate) fn file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.rs"))
}
