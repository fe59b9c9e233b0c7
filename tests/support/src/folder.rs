//! What lies in a folder, for tests of what a program leaves behind.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// All files below a folder, sorted; none where the folder is absent. What is removed in the meantime is left out.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
    found
}

/// Those with one of these extensions.
pub fn files_with_extension(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = files(folder);
    found.retain(|path| {
        let extension = path.extension().and_then(|extension| extension.to_str());
        extension.is_some_and(|extension| extensions.contains(&extension))
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_all_folders_are_listed_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = |part: &str| folder.path().join(part);
        fs::create_dir_all(path("b/c")).unwrap();
        for part in ["b/c/one.tmp", "b/two.csv", "a.torn"] {
            fs::write(path(part), "").unwrap();
        }
        assert_eq!(
            files(folder.path()),
            [path("a.torn"), path("b/c/one.tmp"), path("b/two.csv")]
        );
        assert_eq!(
            files_with_extension(folder.path(), &["tmp", "torn"]),
            [path("a.torn"), path("b/c/one.tmp")]
        );
        assert!(files(&path("absent")).is_empty());
    }
}
