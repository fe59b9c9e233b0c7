//! A checkout has the bytes that were committed, whatever git is set to do with line ends.

use std::process::Command;

use crate::workspace::root;

/// Locks, data and expansions are checked by hash.
#[test]
fn a_clone_with_autocrlf_has_the_line_ends_that_were_committed() {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).output();
        let output = output.ok().filter(|output| output.status.success())?;
        String::from_utf8(output.stdout).ok()
    };
    let root = root();
    let from = root.to_string_lossy();
    if git(&["-C", &from, "rev-parse", "HEAD"]).is_none() {
        println!("skipped: this is no clone");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("a clone");
    let to = to.to_string_lossy();
    git(&["clone", "-q", "-c", "core.autocrlf=true", &from, &to]).unwrap();
    let files = git(&["-C", &to, "ls-files", "--eol"]).unwrap();
    assert!(files.lines().count() > 1000);
    let changed: Vec<&str> = files
        .lines()
        .filter(|line| {
            let ends = |side: &str| {
                let mut words = line.split_whitespace();
                words.find_map(|word| word.strip_prefix(side).map(ToOwned::to_owned))
            };
            ends("i/") != ends("w/")
        })
        .collect();
    assert!(changed.is_empty(), "{changed:?}");
}
