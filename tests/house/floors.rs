//! `xp-runtime` stands on floors: a run's context, the journal of all that is written, the stages, the launch. A file imports from its own
//! folder and from floors below. State that changes during a run is in the journal; a cell elsewhere is listed here with its reason.

use crate::{
    graph::{Sources, graph, read, words},
    workspace::named,
};

/// Folders of `xp-runtime/src` from bottom to top; those of one floor do not import from each other. A stage takes what the stages before it
/// return, so that stages lie above each other in their order.
const FLOORS: [&[&str]; 9] = [
    &["context"],
    &["journal"],
    &["guard", "study"],
    &["preflight"],
    &["data"],
    &["baselines"],
    &["search", "training"],
    &["report"],
    &["launch"],
];

/// Imports that point upward all the same, and why.
const UPWARD: [(&str, &str, &str); 1] = [(
    "data/mod.rs",
    "training/sealed.rs",
    "test samples are sealed where they are loaded, and the type is private to the training, which alone opens them (F39)",
)];

/// Files that are on no floor: a table of contents.
const WITHOUT_FLOOR: [&str; 1] = ["lib.rs"];

/// Types that change behind a shared reference; `Atomic*` too.
const CELLS: [&str; 7] = [
    "Cell",
    "OnceCell",
    "OnceLock",
    "RefCell",
    "Mutex",
    "RwLock",
    "UnsafeCell",
];

/// The folder whose cells are expected.
const WITH_CELLS: &str = "journal";

/// Files below `src` that need a cell, and why, such as a static of the panic hook.
const EXCEPTIONS: &[(&str, &str)] = &[];

/// Folder of a file below `src`, with its floor. `search.rs` is the module of `search/`.
fn floor(path: &str) -> Option<(&str, usize)> {
    let folder = path.split('/').next()?.trim_end_matches(".rs");
    let floor = FLOORS.iter().position(|floor| floor.contains(&folder))?;
    Some((folder, floor))
}

/// Imports that point upward or sideways, and files on no floor.
fn misplaced(sources: &Sources) -> Vec<String> {
    let lost = sources
        .keys()
        .filter(|path| floor(path).is_none() && !WITHOUT_FLOOR.contains(&path.as_str()));
    let mut problems: Vec<String> = lost.map(|path| format!("{path} is on no floor")).collect();
    let graph = graph(&read(sources, "lib.rs").unwrap()).unwrap();
    for (from, to, items) in graph.imports() {
        let (Some((own, from_floor)), Some((other, to_floor))) = (floor(from), floor(to)) else {
            continue;
        };
        let is_excepted = UPWARD.iter().any(|rule| (rule.0, rule.1) == (from, to));
        if own != other && from_floor <= to_floor && !is_excepted {
            let items: Vec<&str> = items.iter().map(String::as_str).collect();
            problems.push(format!("{from} imports {} from {to}", items.join(", ")));
        }
    }
    problems
}

/// Cells outside the journal's folder; a test's do not count.
fn cells(sources: &Sources) -> Vec<String> {
    let inside = format!("{WITH_CELLS}/");
    let excepted = |path: &str| EXCEPTIONS.iter().any(|(file, _)| *file == path);
    let mut problems = Vec::new();
    for (path, text) in sources {
        if excepted(path) || path.starts_with(&inside) {
            continue;
        }
        for word in words(text).unwrap() {
            let problem = format!("{path} has a {word}");
            let is_cell = CELLS.contains(&word.as_str()) || word.starts_with("Atomic");
            if is_cell && !problems.contains(&problem) {
                problems.push(problem);
            }
        }
    }
    problems
}

#[test]
fn imports_of_the_runtime_point_downward() {
    let problems = misplaced(&named("xp-runtime").sources);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn cells_of_the_runtime_are_in_the_journal() {
    let sources = &named("xp-runtime").sources;
    for (file, _) in EXCEPTIONS {
        assert!(sources.contains_key(*file), "{file} is gone");
    }
    let problems = cells(sources);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

fn sources(files: &[(&str, &str)]) -> Sources {
    let texts = files
        .iter()
        .map(|(path, text)| ((*path).into(), (*text).into()));
    texts.collect()
}

#[test]
fn imports_upward_or_sideways_are_reported() {
    let files = [
        (
            "lib.rs",
            "mod context; mod curve; mod journal; mod data; mod search; mod training; mod launch; pub use launch::launch;",
        ),
        (
            "context/mod.rs",
            "pub struct Context; fn f() { crate::search::search() }",
        ),
        ("curve.rs", "pub struct Curve;"),
        (
            "journal/mod.rs",
            "mod row; pub use row::Row; use crate::context::Context;",
        ),
        ("journal/row.rs", "pub struct Row;"),
        (
            "data/mod.rs",
            "pub struct Data; use crate::training::SealedTest;",
        ),
        (
            "search/mod.rs",
            "use crate::data::Data; mod trial; pub fn search() { trial::run() }",
        ),
        (
            "search/trial.rs",
            "pub fn run() { crate::training::train() }",
        ),
        (
            "training/mod.rs",
            "use crate::launch; mod sealed; pub use sealed::SealedTest; pub fn train() {}",
        ),
        ("training/sealed.rs", "pub struct SealedTest;"),
        (
            "launch/mod.rs",
            "pub fn launch() { crate::search::search() }",
        ),
    ];
    let expected = [
        "curve.rs is on no floor",
        "context/mod.rs imports search from search/mod.rs",
        "search/trial.rs imports train from training/mod.rs",
        "training/mod.rs imports launch from launch/mod.rs",
    ];
    assert_eq!(misplaced(&sources(&files)), expected);
}

#[test]
fn cells_are_found_in_code_but_not_in_tests() {
    let text = "use std::{cell::RefCell, sync::atomic::AtomicU8};
        /// A Mutex would do.
        struct A { #[cfg(test)] b: Cell<u8>, c: std::sync::Mutex<u8>, d: RefCell<u8> }
        #[cfg(test)] mod tests { use std::cell::OnceCell; }
        fn f() { thread_local! { static B: OnceLock<u8> = OnceLock::new(); } }";
    let found = cells(&sources(&[("launch.rs", text), ("journal/mod.rs", text)]));
    assert_eq!(
        found,
        ["RefCell", "AtomicU8", "Mutex", "OnceLock"].map(|cell| format!("launch.rs has a {cell}"))
    );
}
