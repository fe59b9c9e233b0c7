//! Time is read in `xp-clock` alone: clippy refuses it elsewhere, and nothing elsewhere permits it.

use std::fs;

use crate::workspace::{named, root, rust_files};

/// What reads the time of the system or waits.
const DISALLOWED: [&str; 7] = [
    "std::time::Instant::now",
    "std::time::Instant::elapsed",
    "std::time::SystemTime::now",
    "std::time::SystemTime::elapsed",
    "std::thread::sleep",
    "chrono::Utc::now",
    "chrono::Local::now",
];

#[test]
fn clippy_refuses_every_other_clock() {
    let text = fs::read_to_string(root().join("clippy.toml")).unwrap();
    let (_, list) = text.split_once("disallowed-methods = [").unwrap();
    let (list, _) = list.split_once("\n]").unwrap();
    for path in DISALLOWED {
        let entry = format!("{{ path = \"{path}\", reason = \"");
        assert!(list.contains(&entry), "clippy.toml does not refuse {path}");
    }
}

#[test]
fn nothing_else_is_permitted_to_read_the_time() {
    // In two parts: this file does not permit it either.
    let lint = concat!("clippy::", "disallowed_methods");
    let clock = root().join(&named("xp-clock").folder);
    let permitted: Vec<_> = rust_files(&root())
        .into_iter()
        .filter(|path| !path.starts_with(&clock))
        .filter(|path| fs::read_to_string(path).unwrap().contains(lint))
        .collect();
    assert!(permitted.is_empty(), "{permitted:?}");
}
