//! Names of file systems for people.

use super::kind::Kind;

/// The name of a kind; where that says little, the type of the mount.
pub(super) fn name(kind: Kind, mount_type: Option<&str>) -> String {
    let fixed = match kind {
        Kind::Local => mount_type.unwrap_or("a local file system"),
        Kind::OtherShared => mount_type.unwrap_or("a shared file system"),
        Kind::Fuse => {
            return mount_type.map_or_else(
                || "FUSE".to_owned(),
                |name| format!("FUSE ({})", name.strip_prefix("fuse.").unwrap_or(name)),
            );
        }
        Kind::Nfs => "NFS",
        Kind::Lustre => "Lustre",
        Kind::Gpfs => "GPFS",
        Kind::NineP => "9p",
        Kind::Smb => "SMB",
        Kind::BeeGfs => "BeeGFS",
        Kind::Ceph => "Ceph",
        Kind::Afs => "AFS",
        Kind::Ocfs2 => "OCFS2",
        Kind::Gfs2 => "GFS2",
        Kind::HostFolder => "a folder of the virtual machine's host",
    };
    fixed.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_behind_fuse_is_named() {
        for (kind, mount_type, expected) in [
            (Kind::Fuse, Some("fuse.sshfs"), "FUSE (sshfs)"),
            (Kind::Fuse, Some("virtiofs"), "FUSE (virtiofs)"),
            (Kind::Fuse, None, "FUSE"),
            (Kind::Nfs, Some("nfs4"), "NFS"),
            (Kind::Local, Some("xfs"), "xfs"),
            (Kind::OtherShared, Some("wekafs"), "wekafs"),
        ] {
            assert_eq!(name(kind, mount_type), expected);
        }
    }
}
