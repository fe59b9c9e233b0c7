//! Kinds of file systems, by the magic number of `statfs` and by the type of the mount. Here is nothing of what follows from a kind.

/// A kind of file system, as far as it matters who else may write to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Of this machine alone, as ext4, XFS, tmpfs or overlay.
    Local,
    /// NFS of any version.
    Nfs,
    /// Lustre.
    Lustre,
    /// GPFS, now IBM Storage Scale.
    Gpfs,
    /// 9p: folders of the host in a virtual machine, WSL or a container.
    NineP,
    /// SMB, also called CIFS.
    Smb,
    /// A program behind FUSE, as `sshfs`; the type of the mount says which.
    Fuse,
    /// BeeGFS, formerly FhGFS.
    BeeGfs,
    /// Ceph.
    Ceph,
    /// AFS, of OpenAFS or of the kernel.
    Afs,
    /// OCFS2.
    Ocfs2,
    /// GFS2.
    Gfs2,
    /// A folder of the host in VirtualBox, VMware or Parallels.
    HostFolder,
    /// Another one that machines share: its type is in the mount.
    OtherShared,
}

/// What tells a kind: magic numbers of `statfs`, and types of mounts. Sources: `include/uapi/linux/magic.h` of Linux, statfs(2), and for
/// those outside of the kernel the list in `src/stat.c` of GNU coreutils, which also says what is remote.
const KINDS: [(Kind, &[u64], &[&str]); 13] = [
    (Kind::Nfs, &[0x6969], &["nfs", "nfs4"]),
    (Kind::Lustre, &[0x0BD0_0BD0], &["lustre"]),
    (Kind::Gpfs, &[0x4750_4653], &["gpfs"]),
    (Kind::NineP, &[0x0102_1997], &["9p"]),
    (
        Kind::Smb,
        &[0x517B, 0xFF53_4D42, 0xFE53_4D42],
        &["smb", "smbfs", "cifs", "smb3"],
    ),
    (Kind::Fuse, &[0x6573_5546], &["fuse", "fuseblk", "virtiofs"]),
    (Kind::BeeGfs, &[0x1983_0326], &["beegfs", "fhgfs"]),
    (Kind::Ceph, &[0x00C3_6400], &["ceph"]),
    (Kind::Afs, &[0x5346_414F, 0x6B41_4653], &["afs"]),
    (Kind::Ocfs2, &[0x7461_636F], &["ocfs2"]),
    (Kind::Gfs2, &[0x0116_1970], &["gfs2"]),
    (
        Kind::HostFolder,
        &[0x786F_4256, 0xBACB_ACBC, 0x7C7C_6673],
        &["vboxsf", "vmhgfs", "prl_fs"],
    ),
    (
        // ACFS, Coda, IBRIX, NetWare, OrangeFS, PanFS, StorNext.
        Kind::OtherShared,
        &[
            0x6163_6673,
            0x7375_7245,
            0x0131_11A8,
            0x564C,
            0x2003_0528,
            0xAAD7_AAEA,
            0xBEEF_DEAD,
        ],
        &[
            "acfs", "coda", "pvfs2", "panfs", "cvfs", "wekafs", "dvs", "quobyte",
        ],
    ),
];

/// The types of FUSE that are of this machine alone: disks (`fuseblk`, as NTFS), and the root of containers without root.
pub(super) const LOCAL_FUSE: [&str; 2] = ["fuseblk", "fuse.fuse-overlayfs"];

/// The kind of a magic number, or else of a mount's type: not all that are outside of the kernel have a number that is known.
pub(super) fn kind(magic: u64, mount_type: Option<&str>) -> Kind {
    // `fuse.sshfs` is FUSE.
    let family = mount_type.and_then(|name| name.split('.').next());
    let by_magic = KINDS.iter().find(|(_, magics, _)| magics.contains(&magic));
    let by_type = || {
        let family = family?;
        KINDS.iter().find(|(_, _, types)| types.contains(&family))
    };
    by_magic
        .or_else(by_type)
        .map_or(Kind::Local, |(kind, ..)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_or_else_a_type_tells_the_kind() {
        for (magic, mount_type, expected) in [
            (0xEF53, Some("ext4"), Kind::Local),
            (0xEF53, None, Kind::Local),
            (0x6969, Some("nfs4"), Kind::Nfs),
            (0x6969, None, Kind::Nfs),
            (0x0BD0_0BD0, Some("lustre"), Kind::Lustre),
            (u64::from(u32::from_be_bytes(*b"GPFS")), None, Kind::Gpfs),
            (0x6573_5546, Some("fuse.sshfs"), Kind::Fuse),
            (1, Some("fuse.gvfsd-fuse"), Kind::Fuse),
            (1, Some("wekafs"), Kind::OtherShared),
            (1, None, Kind::Local),
        ] {
            assert_eq!(
                kind(magic, mount_type),
                expected,
                "{magic:x} {mount_type:?}"
            );
        }
    }

    #[test]
    fn no_number_and_no_type_is_of_two_kinds() {
        let all = KINDS.iter();
        let mut numbers: Vec<u64> = all
            .clone()
            .flat_map(|(_, magics, _)| *magics)
            .copied()
            .collect();
        let mut types: Vec<&str> = all.flat_map(|(_, _, types)| *types).copied().collect();
        let count = (numbers.len(), types.len());
        numbers.sort_unstable();
        numbers.dedup();
        types.sort_unstable();
        types.dedup();
        assert_eq!((numbers.len(), types.len()), count);
    }
}
