//! The kernel's list of mounts, `/proc/self/mountinfo`: the file systems of paths, and the control groups that it says the place of.

use std::{fs, path::Path};

use xp_host::{control_group::memory_below, file_system::FileSystem};

use super::target::Target;

/// Numbers of file systems: ext4, NFS, Lustre, FUSE, one that nobody knows.
const NUMBERS: [u64; 5] = [0xEF53, 0x6969, 0x0BD0_0BD0, 0x6573_5546, 7];
/// Paths in the seeds' mounts and outside of them.
const PATHS: [&str; 4] = ["/", "/scratch/ada/xp", "/data sets/a", "relative"];

pub(super) const TARGET: Target = Target {
    name: "mounts",
    shipped: &[],
    start: |_| {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("proc/self/mountinfo");
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        let own = "4:memory:/docker/abc\n0::/slurm/job_7\n";
        fs::write(root.path().join("proc/self/cgroup"), own).unwrap();
        Box::new(move |input| {
            let text = String::from_utf8_lossy(input);
            for number in NUMBERS {
                for path in PATHS {
                    let found = FileSystem::from_kernel(number, &text, Path::new(path));
                    assert!(!found.to_string().is_empty());
                    let (locks, remark) = (found.flock(), found.lock_remark());
                    assert_eq!(
                        remark.is_none(),
                        locks == xp_host::file_system::Reach::Holds
                    );
                }
            }
            fs::write(&file, input).unwrap();
            let _ = memory_below(root.path());
        })
    },
};
