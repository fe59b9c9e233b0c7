//! An experiment is one macro call in one tiny file.

use std::fs;

use crate::workspace::root;

#[test]
fn experiments_are_tiny() {
    for entry in fs::read_dir(root().join("experiments/src/bin")).unwrap() {
        let path = entry.unwrap().path();
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= 40, "{} has {lines} lines", path.display());
    }
}
