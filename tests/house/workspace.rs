//! The crates and files of this workspace; the rules are elsewhere.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use crate::graph::{Graph, Sources, graph, read};

pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.join("..").canonicalize().unwrap()
}

/// A crate of the workspace, by its `Cargo.toml`.
pub(crate) struct Crate {
    pub(crate) name: String,
    /// Its folder, from the root of the workspace.
    pub(crate) folder: String,
    /// Texts of the `.rs` files below `src`, by their path below it.
    pub(crate) sources: Sources,
    graphs: OnceLock<Vec<Graph>>,
}

/// All crates, nested ones and the shared library too.
pub(crate) fn crates() -> &'static [Crate] {
    static CRATES: OnceLock<Vec<Crate>> = OnceLock::new();
    CRATES.get_or_init(|| {
        let manifests = files(&root(), &|path| path.ends_with("Cargo.toml"));
        let found: Vec<Crate> = manifests
            .iter()
            .filter_map(|path| read_crate(path))
            .collect();
        assert!(found.len() > 12, "{}", found.len());
        found
    })
}

pub(crate) fn named(name: &str) -> &'static Crate {
    let found = crates().iter().find(|krate| krate.name == name);
    found.unwrap_or_else(|| panic!("there is no crate {name}"))
}

/// The crate of a `Cargo.toml`, which may have none.
fn read_crate(manifest: &Path) -> Option<Crate> {
    let text = fs::read_to_string(manifest).unwrap();
    let (_, package) = text.split_once("[package]")?;
    let line = package.lines().find(|line| line.starts_with("name = "))?;
    let folder = manifest.parent()?;
    let src = folder.join("src");
    let sources = rust_files(&src).into_iter();
    let sources = sources.map(|path| (relative(&path, &src), fs::read_to_string(path).unwrap()));
    Some(Crate {
        name: line.split('"').nth(1)?.to_owned(),
        folder: relative(folder, &root()),
        sources: sources.collect(),
        graphs: OnceLock::new(),
    })
}

impl Crate {
    /// The imports between the files of each of its targets: the library, the program, those of `bin`.
    pub(crate) fn graphs(&self) -> &[Graph] {
        self.graphs.get_or_init(|| {
            let roots = self.sources.keys().filter(|path| is_root(path));
            let read = |path: &String| read(&self.sources, path).and_then(|tree| graph(&tree));
            roots
                .map(|path| read(path).unwrap_or_else(|cause| panic!("{}: {cause}", self.name)))
                .collect()
        })
    }
}

/// Whether cargo compiles a file below `src` as a target.
fn is_root(path: &str) -> bool {
    let in_bin = path.strip_prefix("bin/").is_some_and(|rest| {
        let folders = rest.matches('/').count();
        folders == 0 || folders == 1 && rest.ends_with("/main.rs")
    });
    in_bin || ["lib.rs", "main.rs"].contains(&path)
}

/// Every `.rs` file below a folder, what is built or written by runs left out.
pub(crate) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    files(folder, &|path| {
        path.extension().is_some_and(|extension| extension == "rs")
    })
}

fn files(folder: &Path, wanted: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    const LEFT_OUT: [&str; 5] = ["target", ".git", "outputs", "processed", "node_modules"];
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !path.is_dir() {
            found.extend(wanted(&path).then_some(path));
        } else if !LEFT_OUT.contains(&name.as_str()) {
            found.extend(files(&path, wanted));
        }
    }
    found.sort();
    found
}

fn relative(path: &Path, folder: &Path) -> String {
    let parts = path.strip_prefix(folder).unwrap().iter();
    let parts: Vec<_> = parts.map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}
