//! A name that nothing has yet, for what must not be overwritten.

use std::path::{Path, PathBuf};

/// The path itself, or with `-2`, `-3`, … behind its name where that exists.
pub fn free_name(path: &Path) -> PathBuf {
    let numbered = |number: u32| {
        let mut name = path.as_os_str().to_owned();
        name.push(format!("-{number}"));
        PathBuf::from(name)
    };
    std::iter::once(path.to_owned())
        .chain((2..).map(numbered))
        .find(|path| !path.exists())
        .unwrap_or_else(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_exists_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.b");
        for expected in ["a.b", "a.b-2", "a.b-3"] {
            let free = free_name(&path);
            assert_eq!(free, folder.path().join(expected));
            std::fs::write(free, "").unwrap();
        }
    }
}
