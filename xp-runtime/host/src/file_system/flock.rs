//! How far an advisory lock of `flock` reaches on a file system. Pure: a kind and the mount's options decide.

use super::kind::{Kind, LOCAL_FUSE};
use crate::mounts::Mount;

/// Between whom `flock` excludes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Between all that can write to the file system.
    Holds,
    /// Between processes of this machine; another one is not excluded.
    NodeLocal,
    /// Not at all: `flock` answers ENOSYS.
    Unsupported,
    /// It depends on what cannot be seen from here, as a server's or a program's settings.
    Unknown,
}

/// How far `flock` reaches. Sources: nfs(5) (`nolock`, `local_lock`), mount.lustre(8) (`flock`, `localflock`; without either ENOSYS),
/// mount.cifs(8) (`nobrl`), `Documentation/filesystems/ocfs2.rst` and `gfs2.rst` (`localflocks`) of Linux; GPFS has locks of
/// `fcntl` between nodes only; BeeGFS asks `tuneUseGlobalFileLocks` in a file of its client.
pub(super) fn reach(kind: Kind, mount: Option<&Mount>) -> Reach {
    let Some(mount) = mount else {
        return match kind {
            Kind::Local => Reach::Holds,
            Kind::Gpfs => Reach::NodeLocal,
            _ => Reach::Unknown,
        };
    };
    let any = |options: &[&str]| options.iter().any(|option| mount.has(option));
    match kind {
        Kind::Local | Kind::Ceph => Reach::Holds,
        Kind::Fuse if LOCAL_FUSE.contains(&mount.kind.as_str()) => Reach::Holds,
        // sshfs and gvfs answer no lock: the kernel keeps it.
        Kind::Fuse if ["fuse.sshfs", "fuse.gvfsd-fuse"].contains(&mount.kind.as_str()) => {
            Reach::NodeLocal
        }
        Kind::Gpfs => Reach::NodeLocal,
        Kind::Nfs if any(&["nolock", "local_lock=all", "local_lock=flock"]) => Reach::NodeLocal,
        Kind::Nfs => Reach::Holds,
        Kind::Lustre if any(&["flock"]) => Reach::Holds,
        Kind::Lustre if any(&["localflock"]) => Reach::NodeLocal,
        Kind::Lustre => Reach::Unsupported,
        Kind::Ocfs2 | Kind::Gfs2 if any(&["localflocks", "lockproto=lock_nolock"]) => {
            Reach::NodeLocal
        }
        Kind::Ocfs2 | Kind::Gfs2 => Reach::Holds,
        Kind::Smb if any(&["nobrl"]) => Reach::NodeLocal,
        Kind::Smb
        | Kind::Fuse
        | Kind::NineP
        | Kind::BeeGfs
        | Kind::Afs
        | Kind::HostFolder
        | Kind::OtherShared => Reach::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::{file_system::kind::kind, mounts::mount_of};

    /// Lines of `/proc/self/mountinfo` as machines have them.
    #[test]
    fn the_options_of_a_mount_tell_how_far_a_lock_reaches() {
        use Reach::{Holds, NodeLocal, Unknown, Unsupported};
        for (expected, line) in [
            (Holds, "ext4 /dev/vda rw,discard,resv_strict"),
            (
                Holds,
                "overlay overlay rw,lowerdir=/a,upperdir=/b,workdir=/c",
            ),
            (Holds, "tmpfs tmpfs rw,size=24684092k"),
            (
                Holds,
                "nfs4 nas:/home rw,vers=4.2,rsize=1048576,hard,proto=tcp,timeo=600,sec=sys,clientaddr=10.1.0.7,local_lock=none,addr=10.1.0.2",
            ),
            (
                Holds,
                "nfs nas:/home rw,vers=3,rsize=65536,mountaddr=10.1.0.2,mountproto=udp,local_lock=none,addr=10.1.0.2",
            ),
            (
                Holds,
                "nfs nas:/home rw,vers=3,hard,local_lock=posix,addr=10.1.0.2",
            ),
            (
                NodeLocal,
                "nfs nas:/home rw,vers=3,hard,nolock,proto=tcp,local_lock=all,addr=10.1.0.2",
            ),
            (
                NodeLocal,
                "nfs nas:/home rw,vers=3,hard,local_lock=flock,addr=10.1.0.2",
            ),
            (
                Holds,
                "lustre 10.0.0.1@o2ib:/scratch rw,checksum,flock,user_xattr,lruresize,lazystatfs,nouser_fid2path,verbose,encrypt",
            ),
            (
                NodeLocal,
                "lustre 10.0.0.1@o2ib:/scratch rw,localflock,lazystatfs",
            ),
            (
                Unsupported,
                "lustre 10.0.0.1@tcp:/lustre rw,nosuid,lazystatfs",
            ),
            (
                Unsupported,
                "lustre 10.0.0.1@tcp:/lustre rw,noflock,lazystatfs",
            ),
            (NodeLocal, "gpfs gpfs0 rw,relatime"),
            (
                Unknown,
                "9p C:\\134 rw,dirsync,aname=drvfs;path=C:\\134;uid=1000;gid=1000,cache=5,access=client,msize=65536,trans=fd",
            ),
            (
                Unknown,
                "cifs //nas/data rw,vers=3.1.1,cache=strict,username=a,uid=0,serverino",
            ),
            (NodeLocal, "cifs //nas/data rw,vers=3.0,cache=strict,nobrl"),
            (
                NodeLocal,
                "fuse.sshfs me@far:/data rw,user_id=1000,group_id=1000",
            ),
            (
                NodeLocal,
                "fuse.gvfsd-fuse gvfsd-fuse rw,user_id=1000,group_id=1000",
            ),
            (Unknown, "fuse.rclone far: rw,user_id=1000,group_id=1000"),
            (Unknown, "virtiofs share rw"),
            (
                Holds,
                "fuseblk /dev/sdb1 rw,user_id=0,group_id=0,default_permissions,allow_other,blksize=4096",
            ),
            (
                Holds,
                "fuse.fuse-overlayfs fuse-overlayfs rw,user_id=0,group_id=0",
            ),
            (
                Holds,
                "ceph 10.0.0.1:6789:/ rw,name=admin,secret=<hidden>,acl",
            ),
            (
                Unknown,
                "beegfs beegfs_nodev rw,cfgFile=/etc/beegfs/beegfs-client.conf",
            ),
            (
                Holds,
                "ocfs2 /dev/sdc rw,_netdev,heartbeat=local,coherency=full",
            ),
            (NodeLocal, "ocfs2 /dev/sdc rw,localflocks"),
            (NodeLocal, "gfs2 /dev/sdc rw,localflocks"),
        ] {
            let text = format!("40 27 0:41 / /a rw,relatime shared:9 - {line}\n");
            let mount = mount_of(&text, Path::new("/a/b")).unwrap();
            let kind = kind(0, Some(&mount.kind));
            assert_eq!(reach(kind, Some(&mount)), expected, "{line}");
        }
        assert_eq!(reach(Kind::Local, None), Holds);
        assert_eq!(reach(Kind::Lustre, None), Unknown);
        assert_eq!(reach(Kind::Nfs, None), Unknown);
    }
}
