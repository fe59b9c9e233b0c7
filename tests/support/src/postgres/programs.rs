//! Where PostgreSQL's programs are.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// Where Debian has them: a folder for each major version.
const DEBIAN: &str = "/usr/lib/postgresql";
/// Variables that ask for all tests: a server that is absent fails them.
const DEMANDED_BY: [&str; 2] = ["CI", "XP_CLUSTER_TESTS"];

/// The folder of `initdb`, in `PATH` or the newest of Debian's; without one, says that the test is skipped.
///
/// # Panics
/// Where there is none and all tests are asked for.
pub(crate) fn folder() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = found(env::split_paths(&path), Path::new(DEBIAN));
    if found.is_none() {
        let reason = format!(
            "there is no `initdb` in PATH or {DEBIAN}/*/bin; `apt-get install postgresql` brings it"
        );
        let demanded = DEMANDED_BY.iter().any(|name| env::var_os(name).is_some());
        assert!(!demanded, "{reason}");
        println!("skipped: {reason}");
    }
    found
}

fn found(path: impl Iterator<Item = PathBuf>, versions: &Path) -> Option<PathBuf> {
    let versions = fs::read_dir(versions).into_iter().flatten().flatten();
    let mut versions: Vec<PathBuf> = versions.map(|entry| entry.path()).collect();
    versions.sort_by_key(|folder| version(folder));
    let newest = versions.into_iter().rev().map(|folder| folder.join("bin"));
    let programs = path.chain(newest).map(|folder| folder.join("initdb"));
    // A link in PATH may stand beside no others: the rest is where it points to.
    let found = programs.filter_map(|program| fs::canonicalize(program).ok());
    found
        .filter_map(|program| program.parent().map(Path::to_owned))
        .next()
}

fn version(folder: &Path) -> Option<u32> {
    folder.file_name()?.to_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn path_comes_first_and_then_the_newest_version() {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        let (versions, in_path, linked) =
            (root.join("versions"), root.join("own"), root.join("linked"));
        for bin in [
            versions.join("9/bin"),
            versions.join("15/bin"),
            in_path.clone(),
        ] {
            fs::create_dir_all(&bin).unwrap();
            fs::write(bin.join("initdb"), "").unwrap();
        }
        fs::create_dir_all(versions.join("16/bin")).unwrap();
        fs::create_dir(&linked).unwrap();
        symlink(in_path.join("initdb"), linked.join("initdb")).unwrap();
        let absent = root.join("absent");
        let search = |path: &[&PathBuf], versions: &Path| {
            found(path.iter().map(|folder| (*folder).clone()), versions)
        };
        assert_eq!(
            search(&[&absent, &in_path], &versions),
            Some(in_path.clone())
        );
        assert_eq!(search(&[&linked], &absent), Some(in_path));
        assert_eq!(search(&[&absent], &versions), Some(versions.join("15/bin")));
        assert_eq!(search(&[&absent], &absent), None);
    }
}
