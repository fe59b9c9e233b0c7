//! Finds the workspace and reads its files, bounded in size, with errors that name the file, the position and the remedy.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use serde::de::DeserializeOwned;

use crate::{
    budget::{Budget, CONFIGS},
    count::group,
    files::{
        cluster::Cluster,
        config::Defaults,
        devices::Devices,
        error::{FileError, error, reworded},
        lock::{LOCK_VERSION, SchemaLock},
        manifest::{Manifest, is_inside},
        model_config::ModelConfig,
        spine::read_spine,
    },
    hash::md5_hex,
    split::Spine,
    yearly::Yearly,
};

/// The file that marks a workspace.
pub const MANIFEST: &str = "data/manifest.yaml";
/// Workspace defaults.
pub const DEFAULTS: &str = "configs/defaults.yaml";
/// Folder of the experiments' files.
pub const EXPERIMENTS: &str = "experiments/src/bin";
/// Rates that estimates assume.
const DEVICES: &str = "configs/devices.yaml";
/// What a site's cluster needs; it may be absent.
pub const CLUSTER: &str = "configs/cluster.yaml";
/// Largest file that is read whole, in bytes: far above any real one.
const MAX_BYTES: u64 = 64 << 20;
/// Largest YAML, in bytes: it is read at every build.
const MAX_YAML: usize = 1 << 20;

/// A folder with [`MANIFEST`] in it. Its clones share what was read, so that an experiment and its siblings read a lock and its
/// prices once; a new [`Workspace::find`] reads anew.
#[derive(Debug, Clone)]
pub struct Workspace {
    root: PathBuf,
    locks: Memory<SchemaLock>,
    spines: Memory<Spine>,
    years: Memory<Yearly>,
}

impl PartialEq for Workspace {
    fn eq(&self, other: &Self) -> bool {
        self.root == other.root
    }
}

impl Eq for Workspace {}

/// Files that were read, by path.
type Memory<T> = Arc<Mutex<BTreeMap<String, Arc<T>>>>;

/// The remembered file, or what `read` makes of it.
fn remembered<T>(
    memory: &Memory<T>,
    path: &str,
    read: impl FnOnce() -> Result<T, FileError>,
) -> Result<Arc<T>, FileError> {
    let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = memory.get(path) {
        return Ok(Arc::clone(found));
    }
    let found = Arc::new(read()?);
    memory.insert(path.to_owned(), Arc::clone(&found));
    Ok(found)
}

/// What is read of a file of another version.
#[derive(serde::Deserialize)]
struct Version {
    version: u32,
}

/// Reads a JSON that `cargo xp data` writes.
fn json<T: DeserializeOwned>(path: &str, text: &str, what: &str) -> Result<T, FileError> {
    serde_json::from_str(text).map_err(|cause| {
        let (reason, remedy) = reworded(&cause.to_string());
        let restore = "run `cargo xp data lock`, or restore it from git".to_owned();
        FileError {
            path: path.into(),
            position: Some((cause.line() as u64, cause.column() as u64)),
            what: format!("{what} cannot be read: {reason}"),
            remedy: Some(match remedy {
                Some(remedy) => format!("{remedy}; or {restore}"),
                None => restore,
            }),
        }
    })
}

impl Workspace {
    /// The nearest folder at or above `start` that holds [`MANIFEST`].
    pub fn find(start: &Path) -> Option<Self> {
        start
            .ancestors()
            .find(|folder| folder.join(MANIFEST).is_file())
            .map(|root| Self {
                root: root.to_owned(),
                locks: Memory::default(),
                spines: Memory::default(),
                years: Memory::default(),
            })
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Reads the manifest.
    pub fn manifest(&self) -> Result<Manifest, FileError> {
        let manifest: Manifest = self.yaml(MANIFEST)?;
        if manifest.version != 1 {
            return Err(error(
                MANIFEST,
                format!(
                    "version {} is not known, this build reads version 1",
                    manifest.version
                ),
                "update the workspace's code, or restore the manifest from git",
            ));
        }
        if let Some(path) = manifest.stray_path() {
            return Err(error(
                MANIFEST,
                format!("`{path}` is no path inside the workspace"),
                "write it relative to the workspace, without `..`",
            ));
        }
        if let Some(fault) = manifest.unknown_market() {
            return Err(error(
                MANIFEST,
                fault,
                "restore it from git, or simulate it again with `cargo xp data simulate`",
            ));
        }
        Ok(manifest)
    }

    /// Reads the workspace's defaults.
    pub fn defaults(&self) -> Result<Defaults, FileError> {
        let defaults: Defaults = self.yaml(DEFAULTS)?;
        match defaults.check() {
            Ok(()) => Ok(defaults),
            Err(what) => Err(error(DEFAULTS, what, "correct it, or restore it from git")),
        }
    }

    /// Reads the rates that estimates assume.
    pub fn devices(&self) -> Result<Devices, FileError> {
        self.yaml(DEVICES)
    }

    /// Reads what the site's cluster needs; nothing where the file is absent or has nothing but comments.
    pub fn cluster(&self) -> Result<Cluster, FileError> {
        if !self.root.join(CLUSTER).exists() {
            return Ok(Cluster::default());
        }
        let cluster: Option<Cluster> = self.yaml(CLUSTER)?;
        Ok(cluster.unwrap_or_default())
    }

    /// The budgets that the workspace has a model configuration of, the smallest first.
    pub fn budgets(&self) -> Vec<Budget> {
        let entries = fs::read_dir(self.root.join(CONFIGS)).into_iter().flatten();
        let mut found: Vec<_> = entries
            .filter_map(|entry| Budget::of_config(entry.ok()?.file_name().to_str()?))
            .collect();
        found.sort();
        found
    }

    /// A file that would be the model configuration of a budget but for the case of its name, relative to the workspace.
    pub fn misspelt_config(&self, budget: Budget) -> Option<String> {
        let path = budget.config_path();
        let entries = fs::read_dir(self.root.join(CONFIGS)).into_iter().flatten();
        entries
            .filter_map(|entry| Some(format!("{CONFIGS}/{}", entry.ok()?.file_name().to_str()?)))
            .find(|found| *found != path && found.eq_ignore_ascii_case(&path))
    }

    /// Reads the model configuration of a budget.
    pub fn model_config(&self, budget: Budget) -> Result<ModelConfig, FileError> {
        let path = budget.config_path();
        let config: ModelConfig = self.yaml(&path)?;
        if config.budget != budget {
            return Err(error(
                &path,
                format!(
                    "`budget` is {}, the file's name says {budget}",
                    config.budget
                ),
                &format!("write `budget: {budget}`"),
            ));
        }
        let counted = config.reference_count();
        // Patches that skip bars are reported where they are used.
        let patches = (1..=config.patch).contains(&config.stride);
        if patches && counted != Some(config.reference.parameters) {
            return Err(FileError {
                position: self.line(&path, "reference").map(|line| (line, 1)),
                ..error(
                    &path,
                    format!(
                        "`reference.parameters` is {}, the shape {} has {}",
                        group(config.reference.parameters),
                        config.architecture,
                        counted.map_or("none".to_owned(), group)
                    ),
                    "correct the shape, or the published count",
                )
            });
        }
        Ok(config)
    }

    /// Reads a schema lock.
    pub fn lock(&self, path: &str) -> Result<Arc<SchemaLock>, FileError> {
        remembered(&self.locks, path, || self.read_lock(path))
    }

    fn read_lock(&self, path: &str) -> Result<SchemaLock, FileError> {
        let text = self.text(path, "run `cargo xp data lock`")?;
        let other_version = |version| {
            error(
                path,
                format!("the lock has version {version}, this build reads {LOCK_VERSION}"),
                "run `cargo xp data build`, then commit locks and manifest",
            )
        };
        match json::<SchemaLock>(path, &text, "the schema lock") {
            Ok(lock) if lock.version == LOCK_VERSION => Ok(lock),
            Ok(lock) => Err(other_version(lock.version)),
            // A lock of another version has other keys, which is not what is wrong with it.
            Err(fault) => Err(match serde_json::from_str(&text) {
                Ok(Version { version }) if version != LOCK_VERSION => other_version(version),
                _ => fault,
            }),
        }
    }

    /// Reads the figures by year that a lock names, and checks their MD5 and that they are of its columns and rows.
    pub fn yearly(&self, lock: &SchemaLock) -> Result<Arc<Yearly>, FileError> {
        remembered(&self.years, &lock.years.path, || self.read_yearly(lock))
    }

    fn read_yearly(&self, lock: &SchemaLock) -> Result<Yearly, FileError> {
        let path = &lock.years.path;
        let remedy = "run `cargo xp data lock`, or restore it from git";
        if !is_inside(path) {
            return Err(error(
                path,
                "it is not a path inside the workspace".to_owned(),
                remedy,
            ));
        }
        let text = self.text(path, remedy)?;
        if md5_hex(text.as_bytes()) != lock.years.md5 {
            return Err(error(
                path,
                format!(
                    "the figures by year are not those of the lock of `{}`",
                    lock.name
                ),
                remedy,
            ));
        }
        let yearly: Yearly = json(path, &text, "the file of figures by year")?;
        let names = lock.columns.iter().map(|column| column.name.as_str());
        match yearly.check(lock.rows, names) {
            Ok(()) => Ok(yearly),
            Err(what) => Err(error(path, what, remedy)),
        }
    }

    /// Reads the daily price spine of a lock and checks its MD5.
    pub fn spine(&self, lock: &SchemaLock) -> Result<Arc<Spine>, FileError> {
        let spine = &lock.spine;
        let key = match spine.from {
            Some(from) => format!("{} from {from}", spine.path),
            None => spine.path.clone(),
        };
        remembered(&self.spines, &key, || self.read_spine(lock))
    }

    fn read_spine(&self, lock: &SchemaLock) -> Result<Spine, FileError> {
        let path = &lock.spine.path;
        if !is_inside(path) {
            return Err(error(
                path,
                "it is no path inside the workspace".to_owned(),
                "run `cargo xp data lock`",
            ));
        }
        let text = self.text(path, "restore it from git")?;
        if md5_hex(text.as_bytes()) != lock.spine.md5 {
            return Err(error(
                path,
                format!(
                    "the daily prices are not those of the lock of `{}`",
                    lock.name
                ),
                "run `cargo xp data lock` to lock the new prices, or restore the file from git",
            ));
        }
        let mut spine = read_spine(path, &text)?;
        if let Some(from) = lock.spine.from {
            let skipped = spine.dates.partition_point(|day| *day < from);
            spine.dates.drain(..skipped);
            spine.high.drain(..skipped);
            spine.close.drain(..skipped);
        }
        Ok(spine)
    }

    /// Position of a top-level key of a YAML, `path:line`; the path alone where it cannot be found.
    pub fn line_of(&self, path: &str, key: &str) -> String {
        match self.line(path, key) {
            Some(line) => format!("{path}:{line}:1"),
            None => path.to_owned(),
        }
    }

    /// The line of a top-level key of a YAML, from 1.
    fn line(&self, path: &str, key: &str) -> Option<u64> {
        let text = self.text(path, "").ok()?;
        let has_key = |line: &str| {
            line.strip_prefix(key)
                .is_some_and(|rest| rest.starts_with(':'))
        };
        Some(text.lines().position(has_key)? as u64 + 1)
    }

    /// Reads a text file of the workspace, bounded.
    pub fn text(&self, path: &str, remedy: &str) -> Result<String, FileError> {
        let full = self.root.join(path);
        let metadata = fs::metadata(&full)
            .map_err(|cause| error(path, format!("the file cannot be read: {cause}"), remedy))?;
        // A device or a pipe has no length to check and may never end.
        if !metadata.is_file() {
            return Err(error(path, "it is no regular file".to_owned(), remedy));
        }
        if metadata.len() > MAX_BYTES {
            return Err(error(
                path,
                format!(
                    "the file has {} bytes, more than {MAX_BYTES}",
                    metadata.len()
                ),
                remedy,
            ));
        }
        fs::read_to_string(&full)
            .map_err(|cause| error(path, format!("the file cannot be read: {cause}"), remedy))
    }

    fn yaml<T: DeserializeOwned>(&self, path: &str) -> Result<T, FileError> {
        let text = self.text(path, "restore it from git")?;
        if text.len() > MAX_YAML {
            return Err(error(
                path,
                format!("the file has {} bytes, more than {MAX_YAML}", text.len()),
                "restore it from git",
            ));
        }
        serde_saphyr::from_str(&text).map_err(|cause| {
            let (what, remedy) = reworded(&cause.without_snippet().to_string());
            FileError {
                path: path.into(),
                position: cause.location().map(|at| (at.line(), at.column())),
                what,
                remedy,
            }
        })
    }
}
