//! Memory of the control groups that this process is in, of version 1 and 2, as containers and batch systems limit it. A limit of a group
//! above counts too; memory of files that were read and are not in use is free: the kernel gives it back before it kills anything.

mod hierarchy;

use std::{
    fs,
    path::{Path, PathBuf},
};

use hierarchy::groups;

/// Limits at and above this are none: version 1 has a number near 2⁶³ where nothing is limited.
const UNLIMITED: u64 = 1 << 60;

/// Memory of a group, bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// What its processes may use together.
    pub limit: u64,
    /// What the limit leaves.
    pub free: u64,
}

/// The least limit and the least free memory of the group of this process and those above it; absent where none has a limit.
pub fn memory() -> Option<Memory> {
    memory_below(Path::new("/"))
}

/// How many processes of this process's group the kernel has killed for lack of memory; absent where it is not reported.
pub fn out_of_memory_kills() -> Option<u64> {
    let (names, groups) = groups(Path::new("/"))?;
    keyed(&groups.first()?.join(names.events), "oom_kill")
}

/// As [`memory`], of the files below this folder instead of those of the kernel.
pub fn memory_below(root: &Path) -> Option<Memory> {
    let (names, groups) = groups(root)?;
    let of = |folder: &PathBuf| -> Option<Memory> {
        let number = |name: &str| {
            fs::read_to_string(folder.join(name))
                .ok()?
                .trim()
                .parse()
                .ok()
        };
        // "max" is no number: nothing is limited.
        let limit: u64 = number(names.limit).filter(|limit| *limit < UNLIMITED)?;
        let used: u64 = number(names.used)?;
        let inactive = keyed(&folder.join("memory.stat"), names.inactive_file).unwrap_or(0);
        Some(Memory {
            limit,
            free: limit.saturating_sub(used.saturating_sub(inactive)),
        })
    };
    let found: Vec<_> = groups.iter().filter_map(of).collect();
    Some(Memory {
        limit: found.iter().map(|memory| memory.limit).min()?,
        free: found.iter().map(|memory| memory.free).min()?,
    })
}

/// The number of a line `key number`.
pub(crate) fn keyed(file: &Path, key: &str) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let mut lines = text.lines();
    lines.find_map(|line| {
        line.strip_prefix(key)?
            .strip_prefix(' ')?
            .trim()
            .parse()
            .ok()
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

    use super::*;

    const V1_MOUNTS: &str = "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:10 - cgroup cgroup rw,memory
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
";
    const V2_MOUNTS: &str =
        "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

    /// A machine with these files.
    fn machine(own: &str, mounts: &str, files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let fixed = [("proc/self/cgroup", own), ("proc/self/mountinfo", mounts)];
        for (path, text) in fixed.iter().chain(files) {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    const GIB: u64 = 1 << 30;

    #[test]
    fn files_that_were_read_are_free_memory() {
        // A container of 4 GiB that has read 3.5 GiB of files.
        let (limit, used) = ((4 * GIB).to_string(), (4 * GIB - 4096).to_string());
        let stat = format!("anon 1\nfile 2\ninactive_file {}\n", 7 * GIB / 2);
        let root = machine(
            "0::/\n",
            V2_MOUNTS,
            &[
                ("sys/fs/cgroup/memory.max", &limit),
                ("sys/fs/cgroup/memory.current", &used),
                ("sys/fs/cgroup/memory.stat", &stat),
            ],
        );
        assert_eq!(
            memory_below(root.path()),
            Some(Memory {
                limit: 4 * GIB,
                free: 7 * GIB / 2 + 4096
            })
        );
    }

    #[test]
    fn a_limit_of_a_group_above_counts() {
        let job = "sys/fs/cgroup/system.slice/slurmstepd.scope/job_7";
        let root = machine(
            "0::/system.slice/slurmstepd.scope/job_7/step_0/user\n",
            V2_MOUNTS,
            &[
                (&format!("{job}/step_0/user/memory.max"), "max\n"),
                (&format!("{job}/step_0/user/memory.current"), "100\n"),
                (&format!("{job}/memory.max"), "2147483648\n"),
                (&format!("{job}/memory.current"), "1073741824\n"),
                // The job has room; the node's share for all jobs has less.
                ("sys/fs/cgroup/system.slice/memory.max", "8589934592\n"),
                ("sys/fs/cgroup/system.slice/memory.current", "8053063680\n"),
            ],
        );
        assert_eq!(
            memory_below(root.path()),
            Some(Memory {
                limit: 2 * GIB,
                free: GIB / 2
            })
        );
    }

    #[test]
    fn version_1_is_seen() {
        let own = "4:memory:/docker/abc\n1:cpu,cpuacct:/docker/abc\n0::/\n";
        let group = "sys/fs/cgroup/memory/docker/abc";
        let unlimited = [
            (
                "sys/fs/cgroup/memory/memory.limit_in_bytes",
                "9223372036854771712\n",
            ),
            ("sys/fs/cgroup/memory/memory.usage_in_bytes", "5000000000\n"),
        ];
        let limit = format!("{group}/memory.limit_in_bytes");
        let usage = format!("{group}/memory.usage_in_bytes");
        let stat = format!("{group}/memory.stat");
        let limited = [
            (limit.as_str(), "2147483648\n"),
            (usage.as_str(), "1610612736\n"),
            (
                stat.as_str(),
                "inactive_file 9\ntotal_inactive_file 536870912\n",
            ),
        ];
        let both = [&unlimited[..], &limited].concat();
        let root = machine(own, V1_MOUNTS, &both);
        let expected = Some(Memory {
            limit: 2 * GIB,
            free: GIB,
        });
        assert_eq!(memory_below(root.path()), expected);
        let root = machine(own, V1_MOUNTS, &unlimited);
        assert_eq!(memory_below(root.path()), None);
    }

    #[test]
    fn in_a_container_the_mounted_part_of_the_hosts_path_counts() {
        // Without a namespace of its own: the path is the host's, and the group is mounted at the top.
        let mounts =
            "35 31 0:32 /docker/a\\134x2d\\040b /sys/fs/cgroup rw - cgroup cgroup rw,memory\n";
        let files = [
            ("sys/fs/cgroup/memory.limit_in_bytes", "1073741824"),
            ("sys/fs/cgroup/memory.usage_in_bytes", "0"),
        ];
        let step = [
            ("sys/fs/cgroup/step/memory.limit_in_bytes", "536870912"),
            ("sys/fs/cgroup/step/memory.usage_in_bytes", "0"),
        ];
        for (path, free) in [
            ("/docker/a\\x2d b", GIB),
            ("/docker/a\\x2d b/step", GIB / 2),
            ("/elsewhere", GIB),
            ("/docker/a\\x2d b/../../proc", GIB),
        ] {
            let own = format!("4:memory:{path}\n");
            let root = machine(&own, mounts, &[&files[..], &step].concat());
            assert_eq!(
                memory_below(root.path()).map(|memory| memory.free),
                Some(free),
                "{path}"
            );
        }
    }

    #[test]
    fn a_machine_without_groups_has_no_limit() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(memory_below(root.path()), None);
        let root = machine("", "no line of a mount\n", &[]);
        assert_eq!(memory_below(root.path()), None);
    }
}
