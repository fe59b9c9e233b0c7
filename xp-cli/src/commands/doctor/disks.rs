//! File systems of the folders that runs write to.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use super::fact::Fact;
use crate::session::Session;

/// Kind and free space of each folder's file system.
pub(super) fn facts(session: &Session) -> Vec<Fact> {
    let root = session.workspace.root();
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    [
        ("outputs", root.join("outputs")),
        ("data", root.join("data")),
        ("target", target),
        ("temporary files", env::temp_dir()),
    ]
    .into_iter()
    .map(|(name, folder)| (name, described(&folder, &mounts)))
    .collect()
}

fn described(folder: &Path, mounts: &str) -> String {
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
    let kind = mount(&real, mounts);
    let link = if fs::symlink_metadata(folder).is_ok_and(|it| it.is_symlink()) {
        ", a symbolic link"
    } else {
        ""
    };
    format!("{kind}, {space}{link}")
}

/// Kind of the file system that a folder is on, and whether it is read-only: of the mounts above it the nearest.
fn mount(folder: &Path, mounts: &str) -> String {
    let nearest = mounts
        .lines()
        .filter_map(|line| {
            let mut fields = line.split(' ').skip(1);
            // A blank in a path is written \040.
            let point = fields.next()?.replace("\\040", " ");
            let (kind, options) = (fields.next()?, fields.next()?);
            folder
                .starts_with(&point)
                .then_some((point.len(), kind, options))
        })
        .max_by_key(|(length, ..)| *length);
    match nearest {
        Some((_, kind, options)) if options.split(',').any(|option| option == "ro") => {
            format!("{kind}, read-only")
        }
        Some((_, kind, _)) => kind.to_owned(),
        None => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_mount_counts() {
        let mounts = "/dev/a / ext4 rw,relatime 0 0\ntmpfs /mnt/a\\040b tmpfs ro 0 0\n";
        assert_eq!(mount(Path::new("/home/x"), mounts), "ext4");
        assert_eq!(mount(Path::new("/mnt/a b/c"), mounts), "tmpfs, read-only");
    }
}
