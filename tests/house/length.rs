//! Files are short and say what they are for.

use std::fs;

use crate::workspace::{crates, root, rust_files};

/// Lines of any file, tests too.
const MOST: usize = 700;
/// Lines of a file below `src`.
const MOST_IN_SRC: usize = 500;
/// Median of the lines of a crate's files below `src`.
const MEDIAN: f64 = 120.0;

#[test]
fn files_are_short_and_say_what_they_are_for() {
    let found = rust_files(&root());
    assert!(found.len() > 80, "{}", found.len());
    for path in found {
        let text = fs::read_to_string(&path).unwrap();
        let lines = text.lines().count();
        assert!(lines <= MOST, "{} has {lines} lines", path.display());
        assert!(
            text.starts_with("//!"),
            "{} does not say what it is for",
            path.display()
        );
    }
}

#[test]
fn files_of_a_crate_are_short() {
    let mut problems = Vec::new();
    for krate in crates() {
        let mut lines = Vec::new();
        for (path, text) in &krate.sources {
            let count = text.lines().count();
            if count > MOST_IN_SRC {
                problems.push(format!("{}/src/{path} has {count} lines", krate.folder));
            }
            lines.push(count);
        }
        lines.sort_unstable();
        let median = median(&lines);
        if median > MEDIAN {
            let name = &krate.name;
            problems.push(format!("{name}: the median of its files is {median} lines"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Of sorted numbers; 0 of none.
fn median(sorted: &[usize]) -> f64 {
    let half = sorted.len() / 2;
    match sorted {
        [] => 0.0,
        _ if sorted.len() % 2 == 1 => sorted[half] as f64,
        _ => usize::midpoint(sorted[half - 1], sorted[half]) as f64,
    }
}
