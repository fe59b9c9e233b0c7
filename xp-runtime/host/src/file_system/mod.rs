//! The file system of a path: its name, whether other machines may write to it, and whether a lock excludes them. It refuses nothing: what
//! follows is up to the callers.

mod flock;
mod kind;
mod name;
mod remark;
mod unsupported;

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

pub use flock::Reach;
pub use kind::Kind;
pub use unsupported::lock_is_unsupported;

use crate::mounts::{Mount, mount_of};

/// The file system of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSystem {
    kind: Kind,
    /// Absent where the kernel's list of mounts does not have it.
    mount: Option<Mount>,
}

impl FileSystem {
    /// That of a path, or where it does not exist of the nearest folder above that does.
    pub fn of(path: &Path) -> io::Result<Self> {
        let path = existing(path)?;
        let magic = rustix::fs::statfs(&path)?.f_type;
        // Without /proc the number alone must do.
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        // Some architectures have a signed word of 32 bits.
        let magic = (magic as u64) & 0xFFFF_FFFF;
        Ok(Self::from_kernel(magic, &mounts, &path))
    }

    /// That of a path without links, by what the kernel tells: the number of the file system, and the list of mounts in the form of
    /// `/proc/self/mountinfo`.
    pub fn from_kernel(magic: u64, mounts: &str, path: &Path) -> Self {
        Self::new(magic, mount_of(mounts, path))
    }

    fn new(magic: u64, mount: Option<Mount>) -> Self {
        let mount_type = mount.as_ref().map(|mount| mount.kind.as_str());
        Self {
            kind: kind::kind(magic, mount_type),
            mount,
        }
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its name for people, as `NFS` or `FUSE (sshfs)`.
    pub fn name(&self) -> String {
        name::name(self.kind, self.mount_type())
    }

    fn mount_type(&self) -> Option<&str> {
        self.mount.as_ref().map(|mount| mount.kind.as_str())
    }

    /// Whether other machines may write to it, the host of a virtual machine included. What runs behind FUSE is taken for shared unless it
    /// is known not to be.
    pub fn is_shared(&self) -> bool {
        match (self.kind, self.mount_type()) {
            (Kind::Local, _) => false,
            (Kind::Fuse, Some(mount_type)) => !kind::LOCAL_FUSE.contains(&mount_type),
            _ => true,
        }
    }

    /// What follows for locks of files, with the remedy; absent where they exclude everyone.
    pub fn lock_remark(&self) -> Option<String> {
        remark::remark(self.kind, self.flock(), &self.name())
    }

    /// Between whom `flock` excludes on it.
    pub fn flock(&self) -> Reach {
        flock::reach(self.kind, self.mount.as_ref())
    }
}

/// Name, who else may write, and how far locks reach: a line for people.
impl fmt::Display for FileSystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name();
        if !self.is_shared() {
            return write!(f, "{name}, of this machine alone");
        }
        let locks = match self.flock() {
            Reach::Holds => "file locks exclude other machines",
            Reach::NodeLocal => "file locks do not reach other machines",
            Reach::Unsupported => "file locks are not supported",
            Reach::Unknown => "whether file locks exclude other machines is unknown",
        };
        write!(f, "{name}, which other machines may write to; {locks}")
    }
}

/// A path without links, or the nearest folder above that exists.
fn existing(path: &Path) -> io::Result<PathBuf> {
    let path = std::path::absolute(path)?;
    let mut found = Err(io::ErrorKind::NotFound.into());
    for folder in path.ancestors() {
        found = folder.canonicalize();
        if !matches!(&found, Err(cause) if cause.kind() == io::ErrorKind::NotFound) {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_line(magic: u64, line: &str) -> FileSystem {
        let text = format!("40 27 0:41 / /a rw - {line}\n");
        FileSystem::from_kernel(magic, &text, Path::new("/a"))
    }

    #[test]
    fn people_are_told_which_it_is() {
        for (magic, line, expected) in [
            (0xEF53, "ext4 /dev/vda rw", "ext4, of this machine alone"),
            (
                0x6969,
                "nfs nas:/home rw,nolock,local_lock=all",
                "NFS, which other machines may write to; file locks do not reach other machines",
            ),
            (
                0x0BD0_0BD0,
                "lustre a@tcp:/b rw",
                "Lustre, which other machines may write to; file locks are not supported",
            ),
            (
                0x6573_5546,
                "fuse.rclone far: rw",
                "FUSE (rclone), which other machines may write to; whether file locks exclude other machines is unknown",
            ),
            (
                0x6573_5546,
                "fuseblk /dev/sdb1 rw",
                "FUSE (fuseblk), of this machine alone",
            ),
            (
                0x00C3_6400,
                "ceph mon:/ rw",
                "Ceph, which other machines may write to; file locks exclude other machines",
            ),
        ] {
            assert_eq!(of_line(magic, line).to_string(), expected);
        }
    }

    #[test]
    fn without_the_list_of_mounts_the_number_must_do() {
        let fuse = FileSystem::new(0x6573_5546, None);
        assert_eq!((fuse.name().as_str(), fuse.is_shared()), ("FUSE", true));
        let local = FileSystem::new(0xEF53, None);
        assert_eq!(local.name(), "a local file system");
        assert_eq!((local.is_shared(), local.flock()), (false, Reach::Holds));
    }

    #[test]
    fn this_machine_is_asked() {
        let proc = FileSystem::of(Path::new("/proc/self")).unwrap();
        assert_eq!((proc.name().as_str(), proc.is_shared()), ("proc", false));
        // What does not exist yet is where the folder above it is.
        let folder = tempfile::tempdir().unwrap();
        let found = FileSystem::of(folder.path()).unwrap();
        let ahead = FileSystem::of(&folder.path().join("not/yet")).unwrap();
        assert_eq!(found, ahead);
    }
}
