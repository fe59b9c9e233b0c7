//! Where the group of this process is: its path in a hierarchy, and where that is mounted.

use std::{
    fs,
    path::{Component, Path, PathBuf},
};

use crate::mounts::{Mount, mounts};

/// Names of files of a version.
pub(super) struct Names {
    pub(super) limit: &'static str,
    pub(super) used: &'static str,
    /// In `memory.stat`, with those of the groups below.
    pub(super) inactive_file: &'static str,
    /// Has a line `oom_kill`.
    pub(super) events: &'static str,
}

const VERSION_1: Names = Names {
    limit: "memory.limit_in_bytes",
    used: "memory.usage_in_bytes",
    inactive_file: "total_inactive_file",
    events: "memory.oom_control",
};
const VERSION_2: Names = Names {
    limit: "memory.max",
    used: "memory.current",
    inactive_file: "inactive_file",
    events: "memory.events",
};

/// The folder of this process's group in the hierarchy that has memory, and of those above it.
pub(super) fn groups(root: &Path) -> Option<(Names, Vec<PathBuf>)> {
    let own = fs::read_to_string(root.join("proc/self/cgroup")).ok()?;
    let mountinfo = fs::read_to_string(root.join("proc/self/mountinfo")).ok()?;
    let mounted = |wanted: &dyn Fn(&Mount) -> bool| mounts(&mountinfo).find(|mount| wanted(mount));
    // A machine may have both versions; memory is then in one of them.
    let version_1 = own_path(&own, |controllers| {
        controllers.split(',').any(|one| one == "memory")
    });
    let (names, path, mount) = match version_1 {
        Some(path) => {
            let mount = mounted(&|mount| mount.kind == "cgroup" && mount.has("memory"))?;
            (VERSION_1, path, mount)
        }
        None => {
            let path = own_path(&own, str::is_empty)?;
            let mount = mounted(&|mount| mount.kind == "cgroup2")?;
            (VERSION_2, path, mount)
        }
    };
    let top = below(root, &mount.point);
    // In a container the path may be the host's, of which only the mounted part is there.
    let relative = Path::new(path).strip_prefix(&mount.root).ok();
    let folder = relative
        .map(|relative| top.join(relative))
        .filter(|folder| folder.is_dir() && !is_outside(folder))
        .unwrap_or_else(|| top.clone());
    let groups = folder
        .ancestors()
        .take_while(|group| group.starts_with(&top));
    Some((names, groups.map(Path::to_owned).collect()))
}

/// Whether a path may leave where it begins, as that of a group outside of the namespace does.
fn is_outside(path: &Path) -> bool {
    path.components().any(|part| part == Component::ParentDir)
}

/// An absolute path below a root.
fn below(root: &Path, path: &str) -> PathBuf {
    root.join(path.trim_start_matches('/'))
}

/// The path of a line `number:controllers:path`.
fn own_path(text: &str, is_wanted: impl Fn(&str) -> bool) -> Option<&str> {
    text.lines().find_map(|line| {
        let mut fields = line.splitn(3, ':').skip(1);
        let controllers = fields.next()?;
        fields.next().filter(|_| is_wanted(controllers))
    })
}
