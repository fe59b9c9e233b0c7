//! A temporary workspace with one data set, `walk`.

#![allow(dead_code, reason = "each test uses a part")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use xp_data::{
    build::build,
    import::{Request, import},
};
use xp_spec::files::{Workspace, manifest::ProcessedEntry};

pub(crate) struct Sandbox {
    folder: tempfile::TempDir,
}

impl Sandbox {
    /// A workspace with a manifest and no data.
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("data")).unwrap();
        fs::write(folder.path().join("data/manifest.yaml"), "version: 1\n").unwrap();
        Self { folder }
    }

    /// A workspace with a random walk of so many days, imported as `walk`.
    pub(crate) fn walk(days: usize) -> Self {
        let sandbox = Self::empty();
        sandbox.put("walk.csv", &xp_test_support::walk(days, 1));
        import(
            &sandbox.workspace(),
            &sandbox.path("walk.csv"),
            &request("walk"),
        )
        .unwrap();
        sandbox
    }

    /// The same, built.
    pub(crate) fn built(days: usize) -> Self {
        let sandbox = Self::walk(days);
        sandbox.build().unwrap();
        sandbox
    }

    pub(crate) fn build(&self) -> Result<xp_data::build::Changed, xp_data::DataError> {
        build(&self.workspace(), "walk", &mut |_, _| {})
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, part: &str) -> PathBuf {
        self.root().join(part)
    }

    pub(crate) fn put(&self, part: &str, text: &str) {
        fs::write(self.path(part), text).unwrap();
    }

    /// Read anew each time: a workspace caches locks.
    pub(crate) fn workspace(&self) -> Workspace {
        Workspace::find(self.root()).unwrap()
    }

    pub(crate) fn entry(&self) -> ProcessedEntry {
        self.workspace().manifest().unwrap().processed["walk"].clone()
    }

    /// Replaces a part of the manifest's text.
    pub(crate) fn edit_manifest(&self, from: &str, to: &str) {
        let text = fs::read_to_string(self.path("data/manifest.yaml")).unwrap();
        assert!(text.contains(from), "{from} is not in\n{text}");
        self.put("data/manifest.yaml", &text.replace(from, to));
    }

    /// Every file below `data` with its bytes and its time of change, the lock and the MD5 cache excluded.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
        let mut found = BTreeMap::new();
        let mut folders = vec![self.path("data")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                if path.is_dir() {
                    folders.push(path);
                } else if name != ".lease.json" && name != ".md5.json" {
                    let changed = fs::metadata(&path).unwrap().modified().unwrap();
                    found.insert(path.clone(), (fs::read(&path).unwrap(), changed));
                }
            }
        }
        found
    }
}

pub(crate) fn request(name: &str) -> Request {
    Request::new(name, "2026-11-30".parse().unwrap())
}
