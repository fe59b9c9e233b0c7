//! No circle of files in any crate: a file can be read after the files that it imports from. And each file is part of its crate.

use std::collections::BTreeSet;

use crate::workspace::crates;

#[test]
fn no_files_import_from_each_other() {
    let mut problems = Vec::new();
    let mut imports = 0;
    for krate in crates() {
        for graph in krate.graphs() {
            imports += graph.imports().count();
            for circle in graph.circles() {
                problems.push(format!("{}: {circle}", krate.folder));
            }
        }
    }
    // A graph without edges has no circles.
    assert!(imports > 300, "{imports}");
    assert!(
        problems.is_empty(),
        "{} circles of files:\n{}",
        problems.len(),
        problems.join("\n")
    );
}

#[test]
fn every_file_is_a_module_of_its_crate() {
    for krate in crates() {
        let graphs = krate.graphs().iter();
        let modules: BTreeSet<&String> = graphs.flat_map(|graph| graph.files()).collect();
        let files: BTreeSet<&String> = krate.sources.keys().collect();
        assert_eq!(files, modules, "{}", krate.name);
    }
}

/// A name for the crate itself, or text from another file, would hide imports from the graph.
#[test]
fn no_import_is_hidden() {
    for krate in crates() {
        for (path, text) in &krate.sources {
            for hidden in ["extern crate self", "include!("] {
                assert!(
                    !text.contains(hidden),
                    "{}/src/{path} has `{hidden}`",
                    krate.folder
                );
            }
        }
    }
}
