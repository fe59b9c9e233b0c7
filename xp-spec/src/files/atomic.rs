//! Replacing a file so that a reader sees the old or the new one whole, whatever happens between (F14, F25).

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::Path,
    process,
    sync::atomic::{AtomicU64, Ordering},
};

/// Folders below the one that is swept.
const DEPTH: u32 = 8;

/// Lets `write` fill a file of a temporary name in the same folder, syncs it, and renames it. On any error the earlier file is untouched
/// and the temporary one is removed. Creates missing folders.
pub fn replace(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the path has no file name"))?;
    let temporary = folder.join(temporary_name(&name.to_string_lossy()));
    let written = create(&temporary).and_then(|mut file| {
        write(&mut file)?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    });
    if written.is_err() {
        // The first error is the one to report; a temporary file that cannot be removed is harmless.
        let _ = fs::remove_file(&temporary);
        return written;
    }
    // A rename is durable once its folder is.
    File::open(folder).and_then(|folder| folder.sync_all())
}

/// [`replace`] by these bytes.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace(path, |file| file.write_all(bytes))
}

/// [`write_atomic`], unless the file already has exactly this content. Returns whether it wrote.
pub fn write_if_changed(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(false);
    }
    write_atomic(path, bytes).map(|()| true)
}

/// Removes the temporary files that writers who were killed have left in a folder and below. Those of living writers, who hold a lock,
/// stay; what cannot be looked at or removed is harmless and stays too.
pub fn sweep_temporaries(folder: &Path) {
    sweep(folder, DEPTH);
}

fn sweep(folder: &Path, depth: u32) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        let path = entry.path();
        if kind.is_dir() && depth > 0 {
            sweep(&path, depth - 1);
        } else if kind.is_file()
            && is_temporary(&entry.file_name().to_string_lossy())
            && let Ok(file) = File::open(&path)
            && file.try_lock().is_ok()
        {
            // Still locked, so that a writer who waits for the lock finds its file removed.
            let _ = fs::remove_file(&path);
        }
    }
}

/// A name that this process gives once: `.{name}.{process}.{number}.tmp`.
fn temporary_name(name: &str) -> String {
    static WRITTEN: AtomicU64 = AtomicU64::new(0);
    let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
    format!(".{name}.{}.{number}.tmp", process::id())
}

fn is_temporary(name: &str) -> bool {
    let number = |part: Option<&str>| part.is_some_and(|part| part.parse::<u64>().is_ok());
    let mut parts = name.rsplit('.');
    name.starts_with('.')
        && parts.next() == Some("tmp")
        && number(parts.next())
        && number(parts.next())
        && parts.next().is_some()
}

/// An empty file under a lock, which shows a sweeper that its writer is alive. A file system without locks has none.
fn create(path: &Path) -> io::Result<File> {
    loop {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        if file.lock().is_err() || same_file(&file, path)? {
            file.set_len(0)?;
            return Ok(file);
        }
        // Swept between the two.
    }
}

/// Whether a path still names the file that is held: another process may have replaced it, or swept it, while this one waited for its lock.
pub fn same_file(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let held = file.metadata()?;
    match fs::metadata(path) {
        Ok(named) => Ok((named.dev(), named.ino()) == (held.dev(), held.ino())),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(cause) => Err(cause),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may state what it believes")]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_earlier_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/result.json");
        write_atomic(&path, b"first").unwrap();
        let failed = replace(&path, |file| {
            file.write_all(b"half")?;
            Err(io::Error::other("no more"))
        });
        assert_eq!(failed.unwrap_err().to_string(), "no more");
        assert_eq!(fs::read(&path).unwrap(), b"first");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        assert!(!write_if_changed(&path, b"first").unwrap());
        assert!(write_if_changed(&path, b"second").unwrap());
    }

    #[test]
    fn only_what_the_killed_have_left_is_swept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("runs/result.json");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let left = path.with_file_name(temporary_name("result.json"));
        fs::write(&left, b"half").unwrap();
        let users = ["runs/.hidden.tmp", "runs/notes.1.2.tmp", "runs/.a.b.c.tmp"];
        for name in users {
            fs::write(folder.path().join(name), b"mine").unwrap();
        }
        replace(&path, |file| {
            sweep_temporaries(folder.path());
            file.write_all(b"whole")
        })
        .unwrap();
        assert!(!left.exists());
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        for name in users {
            assert!(folder.path().join(name).exists(), "{name}");
        }
    }
}
