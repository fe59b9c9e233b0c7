//! The lease files in a folder. `.lease.7.json` is the seventh exclusive lease: the one with the highest number counts, and it is never removed,
//! so that no number is given twice. `.lease.shared-…json` are of processes that share the folder.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::record::Record;
use crate::process_lock::content;

/// A lease file as another process sees it.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    /// Its number; 0 of a shared one.
    pub(super) number: u64,
    pub(super) bytes: Vec<u8>,
    /// Absent where the file is empty, torn or something else.
    pub(super) record: Option<Record>,
}

impl Found {
    /// Whether its holder has not given it up, as far as can be read.
    pub(super) fn is_held(&self) -> bool {
        !self.record.as_ref().is_some_and(|record| record.released)
    }
}

/// The exclusive lease that counts.
pub(super) fn newest(folder: &Path) -> io::Result<Option<Found>> {
    let mut numbers: Vec<u64> = names(folder)?
        .iter()
        .filter_map(|name| number(name))
        .collect();
    numbers.sort_unstable();
    // One that vanishes now was older than another that has come.
    for number in numbers.into_iter().rev() {
        if let Some(found) = found(exclusive_path(folder, number), number)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The leases of those who share the folder.
pub(super) fn shared(folder: &Path) -> io::Result<Vec<Found>> {
    let mut all = Vec::new();
    for name in names(folder)? {
        if name.starts_with(SHARED) && name.ends_with(END) {
            all.extend(found(folder.join(name), 0)?);
        }
    }
    Ok(all)
}

/// Removes the exclusive leases below a number; what cannot be removed does no harm.
pub(super) fn remove_older(folder: &Path, than: u64) {
    let names = names(folder).unwrap_or_default();
    for number in names.iter().filter_map(|name| number(name)) {
        if number < than {
            let _ = fs::remove_file(exclusive_path(folder, number));
        }
    }
}

/// The file of an exclusive lease.
pub(super) fn exclusive_path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{START}{number}{END}"))
}

/// A file for a shared lease of a process, the `attempt`-th of its names: containers may have the same host and process id.
pub(super) fn shared_path(folder: &Path, host: &str, pid: u32, attempt: u64) -> PathBuf {
    let host: String = host
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-')
        .take(64)
        .collect();
    folder.join(format!("{SHARED}{host}-{pid}-{attempt}{END}"))
}

const START: &str = ".lease.";
const SHARED: &str = ".lease.shared-";
const END: &str = ".json";

/// The number of an exclusive lease, as it is written.
fn number(name: &str) -> Option<u64> {
    let digits = name.strip_prefix(START)?.strip_suffix(END)?;
    let number: u64 = digits.parse().ok()?;
    // The next one must exist, and each number has one name.
    (number < u64::MAX && number.to_string() == digits).then_some(number)
}

fn found(path: PathBuf, number: u64) -> io::Result<Option<Found>> {
    match content::read(&path) {
        Ok(bytes) => Ok(Some(Found {
            record: Record::parse(&bytes),
            path,
            number,
            bytes,
        })),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(cause),
    }
}

fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.extend(entry?.file_name().into_string().ok());
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for (name, expected) in [
            (".lease.1.json", Some(1)),
            (".lease.18.json", Some(18)),
            (".lease.json", None),
            (".lease.01.json", None),
            (".lease.+1.json", None),
            (".lease.18446744073709551615.json", None),
            (".lease.shared-n1-7-0.json", None),
        ] {
            assert_eq!(number(name), expected, "{name}");
        }
        let path = shared_path(Path::new("/a"), "../n 1.de", 7, 0);
        assert_eq!(path, Path::new("/a/.lease.shared-n1de-7-0.json"));
    }
}
