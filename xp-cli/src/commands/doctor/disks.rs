//! File systems of the folders that runs write to.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use rustix::fs::{StatVfsMountFlags, statvfs};
use xp_host::file_system::FileSystem;

use super::fact::Fact;
use crate::session::Session;

/// Kind and free space of each folder's file system, who else may write to it, and how far its locks reach.
pub(super) fn facts(session: &Session) -> Vec<Fact> {
    let root = session.workspace.root();
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    [
        ("outputs", root.join("outputs")),
        ("data", root.join("data")),
        ("target", target),
        ("temporary files", env::temp_dir()),
    ]
    .into_iter()
    .map(|(name, folder)| (name, described(&folder)))
    .collect()
}

fn described(folder: &Path) -> String {
    let Some(existing) = folder.ancestors().find(|folder| folder.exists()) else {
        return "missing".to_owned();
    };
    let real = existing
        .canonicalize()
        .unwrap_or_else(|_| existing.to_owned());
    let space = match (fs4::available_space(&real), fs4::total_space(&real)) {
        (Ok(free), Ok(total)) => format!("{} MiB free of {}", free >> 20, total >> 20),
        _ => "free space is unknown".to_owned(),
    };
    let kind = FileSystem::of(&real).map_or_else(
        |cause| format!("unknown: {cause}"),
        |found| found.to_string(),
    );
    let is_read_only =
        statvfs(&real).is_ok_and(|found| found.f_flag.contains(StatVfsMountFlags::RDONLY));
    let read_only = if is_read_only { "read-only, " } else { "" };
    let link = if fs::symlink_metadata(folder).is_ok_and(|it| it.is_symlink()) {
        ", a symbolic link"
    } else {
        ""
    };
    format!("{kind}; {read_only}{space}{link}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_yet_is_described_by_the_one_above() {
        let folder = tempfile::tempdir().unwrap();
        let found = described(&folder.path().join("outputs"));
        assert_eq!(
            found.split("; ").next(),
            described(folder.path()).split("; ").next()
        );
        assert!(found.contains(" MiB free of "), "{found}");
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("/proc", &link).unwrap();
        let found = described(&link);
        assert!(
            found.starts_with("proc, of this machine alone; "),
            "{found}"
        );
        assert!(found.ends_with(", a symbolic link"), "{found}");
    }
}
