//! A log on file systems without locks, or without any that reach other machines: locking calls are replaced.

#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

use std::{sync::Barrier, thread};

use super::*;
use crate::log::read;

/// Lustre without `-o flock`.
const NO_LOCKS: Lock = |_| Err(io::Error::from_raw_os_error(38));
/// GPFS: nobody of another machine holds a lock on this one.
const OTHER_NODE: Lock = |_| Ok(());

fn row(run_id: &str) -> LogRow {
    let text = COLUMNS.map(|name| match name {
        "timestamp" => "2026-11-24T16:25:24Z",
        "horizon" => "5",
        "status" => "success",
        "duration_seconds" => "1.5",
        "overridden" => "false",
        "run_id" => run_id,
        _ => "",
    });
    let header = csv::StringRecord::from(COLUMNS.to_vec());
    let record = csv::StringRecord::from(text.to_vec());
    record.deserialize(Some(&header)).unwrap()
}

#[test]
fn a_file_system_without_locks_keeps_a_log_and_one_that_fails_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("results/log.csv");
    for id in ["a", "b"] {
        assert!(!append_with(NO_LOCKS, &path, &row(id)).unwrap());
    }
    // A torn line is set aside there, too.
    let whole = fs::read(&path).unwrap();
    fs::write(&path, [&whole[..], b"2026-11-2"].concat()).unwrap();
    assert!(append_with(NO_LOCKS, &path, &row("c")).unwrap());
    assert_eq!(read(&path).unwrap(), ["a", "b", "c"].map(row));
    let fails: Lock = |_| Err(io::Error::from_raw_os_error(5));
    let error = append_with(fails, &path, &row("d")).unwrap_err();
    assert!(matches!(error, LogError::Io { .. }), "{error}");
    assert_eq!(read(&path).unwrap(), ["a", "b", "c"].map(row));
}

/// They begin the log at the same moment, so that several of them may write the header. All of it is less than a page: on local file systems a
/// reader may otherwise see a part of a write, on those of clusters it does not.
#[test]
fn machines_that_no_lock_excludes_lose_no_row() {
    const MACHINES: usize = 4;
    let name = |machine: usize, n: usize| format!("{machine}-{n}");
    let each = |machine| (0..4).map(move |n| name(machine, n));
    let expected: Vec<_> = (0..MACHINES).flat_map(each).collect();
    for round in 0..50 {
        let lock = if round % 2 == 0 { NO_LOCKS } else { OTHER_NODE };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.csv");
        let barrier = Barrier::new(MACHINES);
        thread::scope(|scope| {
            for machine in 0..MACHINES {
                let (path, barrier) = (&path, &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    for id in each(machine) {
                        append_with(lock, path, &row(&id)).unwrap();
                    }
                });
            }
        });
        assert!(fs::metadata(&path).unwrap().len() < 4096);
        let rows = read(&path).unwrap();
        let mut found: Vec<_> = rows.into_iter().map(|row| row.run_id).collect();
        found.sort();
        assert_eq!(found, expected);
    }
}

#[test]
fn a_header_that_two_machines_wrote_is_no_row() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.csv");
    append(&path, &row("a")).unwrap();
    let whole = fs::read(&path).unwrap();
    fs::write(&path, whole.repeat(2)).unwrap();
    append(&path, &row("b")).unwrap();
    assert_eq!(read(&path).unwrap(), ["a", "a", "b"].map(row));
}

/// A write that fails half-way takes back its own part, and nothing that another machine has appended meanwhile.
#[test]
fn a_failed_write_removes_no_row_of_another_machine() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.csv");
    for (text, expected) in [
        ("before\nha", true),
        ("before\nhalf\n", true),
        ("before\n", true),
        ("before\nhaother\n", false),
        ("before\nother\n", false),
        ("before\nhalf\nother\n", false),
    ] {
        fs::write(&path, text).unwrap();
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .open(&path)
            .unwrap();
        let found = ends_in(&mut file, b"half\n", 7).unwrap();
        assert_eq!(found, expected, "{text}");
    }
}
