//! `cargo xp test` tests every crate, also those added later.

use crate::workspace::{crates, named};

/// Crates without tests of their own: the shared library is another crate under another name, and the library of faults is tried in
/// `experiments/tests/kills.rs`.
const WITHOUT_TESTS: [&str; 2] = ["xp-runtime-dylib", "xp-faults"];

#[test]
fn every_crate_is_tested() {
    // The lists are in the file that calls `cargo test`.
    let mut sources = named("xp-cli").sources.values();
    let lists = sources
        .find(|text| text.contains("--no-fail-fast"))
        .unwrap();
    let untested: Vec<&str> = crates()
        .iter()
        .map(|krate| krate.name.as_str())
        .filter(|name| !lists.contains(&format!("\"{name}\"")) && !WITHOUT_TESTS.contains(name))
        .collect();
    assert!(
        untested.is_empty(),
        "`cargo xp test` does not test {untested:?}"
    );
}
