//! The kernel's list of mounts, `/proc/self/mountinfo`: what is mounted where, and with which options. It judges no file system.

use std::path::Path;

/// A mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mount {
    /// The part of the file system that is mounted.
    pub(crate) root: String,
    /// Where.
    pub(crate) point: String,
    /// Its type, as `nfs4` or `fuse.sshfs`.
    pub(crate) kind: String,
    /// Options of the file system, between commas.
    pub(crate) options: String,
}

impl Mount {
    /// Whether it has an option, as `nolock` or `local_lock=flock`.
    pub(crate) fn has(&self, option: &str) -> bool {
        self.options.split(',').any(|one| one == option)
    }
}

/// The mounts of a text, in its order; what is no line of a mount is left out.
pub(crate) fn mounts(text: &str) -> impl DoubleEndedIterator<Item = Mount> {
    text.lines().filter_map(mount)
}

/// The mount that a path is in: the innermost, and of those at one point the last, which covers the others. The path has no links.
pub(crate) fn mount_of(text: &str, path: &Path) -> Option<Mount> {
    mounts(text)
        .filter(|mount| path.starts_with(&mount.point))
        .max_by_key(|mount| mount.point.len())
}

/// A line `36 35 98:0 /root /point rw - type source options`, with more fields before the dash.
fn mount(line: &str) -> Option<Mount> {
    let (before, after) = line.split_once(" - ")?;
    let (mut before, mut after) = (before.split(' ').skip(3), after.split(' '));
    Some(Mount {
        root: unescaped(before.next()?),
        point: unescaped(before.next()?),
        kind: after.next()?.to_owned(),
        options: after.nth(1).unwrap_or_default().to_owned(),
    })
}

/// The kernel writes blanks and backslashes in its lists of mounts as `\040`, `\134`: in octal.
fn unescaped(field: &str) -> String {
    let mut parts = field.split('\\');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part
            .get(..3)
            .and_then(|code| u8::from_str_radix(code, 8).ok());
        match code {
            Some(code) => {
                text.push(char::from(code));
                text.push_str(part.get(3..).unwrap_or_default());
            }
            None => {
                text.push('\\');
                text.push_str(part);
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_and_the_last_mount_of_a_path_is_found() {
        let text = "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
no line of a mount
40 27 0:41 / /data\\040sets rw shared:9 - nfs4 server:/export rw,vers=4.2
41 27 0:42 / /scratch rw - tmpfs tmpfs rw
42 27 0:43 / /scratch rw - lustre 10.0.0.1@tcp:/scratch rw,flock,lazystatfs
";
        for (path, kind) in [
            ("/", "ext4"),
            ("/database", "ext4"),
            ("/data sets", "nfs4"),
            ("/data sets/a/b", "nfs4"),
            ("/scratch/run", "lustre"),
            ("/scratches", "ext4"),
        ] {
            let found = mount_of(text, Path::new(path)).map(|mount| mount.kind);
            assert_eq!(found.as_deref(), Some(kind), "{path}");
        }
        assert_eq!(mount_of("", Path::new("/")), None);
        let lustre = mount_of(text, Path::new("/scratch")).unwrap();
        assert!(lustre.has("flock") && !lustre.has("localflock") && !lustre.has("loc"));
    }
}
