//! Every known failure has a mechanism and tests that exist.

use std::fs;

use crate::workspace::root;

/// Each row of docs/failures.md names tests, and each of them exists.
#[test]
fn every_failure_has_its_tests() {
    let text = fs::read_to_string(root().join("docs/failures.md")).unwrap();
    let rows: Vec<Vec<&str>> = text
        .lines()
        .filter(|line| line.starts_with("| F"))
        .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect();
    let ids: Vec<&str> = rows.iter().map(|row| row[0]).collect();
    // F55, F56 and F58 have no mechanism yet.
    let expected: Vec<String> = (1..=54)
        .chain([57, 59, 60])
        .map(|id| format!("F{id:02}"))
        .collect();
    assert_eq!(ids, expected);
    for row in &rows {
        let [id, mechanism, tests] = row[..] else {
            panic!("{row:?} has other columns");
        };
        assert!(mechanism.len() > 20, "{id}");
        let named: Vec<&str> = tests
            .split(", ")
            .map(|test| test.trim_matches('`'))
            .collect();
        for test in named {
            let (file, name) = test
                .split_once("::")
                .unwrap_or_else(|| panic!("{id}: {test} is no file::test"));
            let source = fs::read_to_string(root().join(file))
                .unwrap_or_else(|cause| panic!("{id}: {file}: {cause}"));
            let found = source
                .split(&format!("fn {name}("))
                .next()
                .filter(|before| before.len() < source.len());
            let is_test = found.is_some_and(|before| {
                let attributes = before.rsplit("\n\n").next().unwrap_or_default();
                attributes.contains("#[test]")
            });
            assert!(is_test, "{id}: {file} has no test {name}");
        }
    }
}
