//! Checkpoints of a training: all that it needs to go on to the same numbers. Weights, moments and the best weights so far are
//! safetensors; position, curve and stopping state are JSON, which names the files and is replaced last, so that what it names is whole.
//!
//! Random numbers have no state (`rng.rs`): seed, epoch and batch are their position, and the order of the data follows from them.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tch::{Tensor, no_grad};
use xp_spec::files::{sweep_temporaries, write_atomic};

use super::{
    error::TrainError,
    fit::FitConfig,
    learner::Learner,
    monitor::Flag,
    report::EpochReport,
    tensor_file::{self, TensorFile},
};
use crate::model::PatchTst;

/// The file that names the others.
const INDEX: &str = "checkpoint.json";
/// Whose files these are: another version may compute other numbers from the same state.
pub const LIBRARY: &str = concat!("xp-runtime ", env!("CARGO_PKG_VERSION"), ", libtorch 2.13");
/// Largest index that is read.
const MOST_INDEX: u64 = 64 << 20;
/// Seconds between checkpoints within an epoch.
const INTERVAL: Duration = Duration::from_secs(600);
/// Share of the time that checkpoints within an epoch may take.
const SHARE: u32 = 20;

/// Where a training keeps its state, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// A folder of its own.
    pub folder: PathBuf,
    /// Hash of the experiment, or the effective one.
    pub spec_hash: String,
}

impl Checkpoint {
    /// Keeps a checkpoint that cannot be used beside its place, instead of an earlier one there.
    pub fn set_aside(&self) -> io::Result<()> {
        let mut name = self.folder.as_os_str().to_owned();
        name.push(".unusable");
        let aside = Self {
            folder: name.into(),
            spec_hash: self.spec_hash.clone(),
        };
        aside.remove()?;
        fs::rename(&self.folder, &aside.folder)
    }

    /// Removes a checkpoint that is not needed any more; one that is not there is no error.
    pub fn remove(&self) -> io::Result<()> {
        match fs::remove_dir_all(&self.folder) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(cause),
            _ => Ok(()),
        }
    }
}

/// Where a training stands.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Progress {
    /// The next batch's epoch and place in it, from 0.
    pub(super) epoch: u32,
    pub(super) batch: u32,
    /// Optimizer steps made: the position in the schedule.
    pub(super) step: u64,
    /// Of the running epoch: sum of losses by sample, samples, last learning rate, seconds.
    pub(super) loss_sum: f64,
    pub(super) seen: u64,
    pub(super) rate: f64,
    pub(super) epoch_seconds: f64,
    /// Seconds of training over all starts.
    pub(super) seconds: f64,
    /// Objective and epoch (from 1) of the selected weights.
    pub(super) best: Option<(f64, u32)>,
    /// The last epoch that was better by `min_delta`: patience counts from it, while any better epoch is selected.
    pub(super) improved: Option<(f64, u32)>,
    pub(super) curve: Vec<EpochReport>,
    pub(super) flags: Vec<Flag>,
}

#[derive(Serialize, Deserialize)]
struct Index {
    library: String,
    spec_hash: String,
    threads: i32,
    config: FitConfig,
    /// Samples of train and validation.
    samples: [u64; 2],
    progress: Progress,
    state: String,
    best: Option<String>,
}

/// A training's checkpoint while it runs.
pub(super) struct Store {
    checkpoint: Checkpoint,
    config: FitConfig,
    samples: [u64; 2],
    /// The epoch whose best weights are in a file.
    kept: Option<u32>,
    /// The file of the newest whole state.
    state: Option<String>,
    last: Instant,
    cost: Duration,
}

impl Store {
    pub(super) fn new(checkpoint: Checkpoint, config: &FitConfig, samples: [u64; 2]) -> Self {
        Self {
            checkpoint,
            config: config.clone(),
            samples,
            kept: None,
            state: None,
            last: Instant::now(),
            cost: Duration::ZERO,
        }
    }

    /// Whether a long epoch should be kept before its end. A checkpoint of gigabytes is written less often.
    pub(super) fn due(&self) -> bool {
        self.last.elapsed() >= INTERVAL.max(self.cost * SHARE)
    }

    /// Writes the best weights at once, for a model that has no room for them in memory.
    pub(super) fn put_best(&self, model: &PatchTst, epoch: u32) -> Result<BestWeights, TrainError> {
        let path = self.checkpoint.folder.join(best_name(epoch));
        tensor_file::write(&path, &model.named()).map_err(|cause| {
            TrainError::Checkpoint(format!(
                "the best weights could not be written to {}: {cause}; make room and run the same command: what was kept before is whole",
                path.display()
            ))
        })?;
        Ok(BestWeights::File(path))
    }

    /// Keeps the state. On an error the earlier checkpoint is whole, and what was written of this one is gone: a full disk needs the room.
    pub(super) fn save(
        &mut self,
        progress: &Progress,
        learner: &dyn Learner,
        best: Option<&BestWeights>,
    ) -> io::Result<()> {
        let state = format!("state-{}.safetensors", progress.step);
        let written = self.write(&state, progress, learner, best);
        if written.is_ok() {
            self.state = Some(state);
        } else if self.state.as_ref() != Some(&state) {
            // The first error is the one to tell.
            let _ = fs::remove_file(self.checkpoint.folder.join(&state));
        }
        written
    }

    fn write(
        &mut self,
        state: &str,
        progress: &Progress,
        learner: &dyn Learner,
        best: Option<&BestWeights>,
    ) -> io::Result<()> {
        let started = Instant::now();
        let folder = self.checkpoint.folder.clone();
        let state = state.to_owned();
        tensor_file::write(&folder.join(&state), &state_tensors(learner))?;
        let best_name = match (progress.best, best) {
            (Some((_, epoch)), Some(weights)) => {
                let name = best_name(epoch);
                if let (BestWeights::Memory(flat), true) = (weights, self.kept != Some(epoch)) {
                    let named = learner.model().parts(flat).map_err(io::Error::other)?;
                    tensor_file::write(&folder.join(&name), &named)?;
                }
                self.kept = Some(epoch);
                Some(name)
            }
            _ => None,
        };
        let index = Index {
            library: LIBRARY.to_owned(),
            spec_hash: self.checkpoint.spec_hash.clone(),
            threads: tch::get_num_threads(),
            config: self.config.clone(),
            samples: self.samples,
            progress: progress.clone(),
            state: state.clone(),
            best: best_name.clone(),
        };
        write_atomic(&folder.join(INDEX), &serde_json::to_vec_pretty(&index)?)?;
        // A file that is left over is harmless, and the next checkpoint removes it.
        let _ = sweep(&folder, &[Some(state), best_name]);
        self.last = Instant::now();
        self.cost = started.elapsed();
        Ok(())
    }

    /// Reads the state into a learner; `None` where there is no checkpoint. Nothing is changed by one that cannot be used.
    pub(super) fn load(
        &mut self,
        learner: &mut dyn Learner,
        notice: &mut dyn FnMut(&str),
    ) -> Result<Option<(Progress, Option<BestWeights>)>, TrainError> {
        let folder = self.checkpoint.folder.clone();
        let path = folder.join(INDEX);
        let refused = |what: String| {
            TrainError::Checkpoint(format!(
                "{what}; nothing was changed: move {} away to train from the start",
                folder.display()
            ))
        };
        let Some(text) = read_bounded(&path)
            .map_err(|cause| refused(format!("{} cannot be read: {cause}", path.display())))?
        else {
            return Ok(None);
        };
        let index = self
            .understand(&text)
            .map_err(|what| refused(format!("the checkpoint {} {what}", path.display())))?;
        let open = |name: &str| -> Result<TensorFile, TrainError> {
            if Path::new(name).file_name() != Some(name.as_ref()) {
                return Err(refused(format!(
                    "{} names a file outside its folder",
                    path.display()
                )));
            }
            TensorFile::open(&folder.join(name)).map_err(&refused)
        };
        let mut state = open(&index.state)?;
        let best = match (&index.best, index.progress.best) {
            (Some(name), Some((_, epoch))) => {
                let mut file = open(name)?;
                self.kept = Some(epoch);
                if learner.best_on_disk() {
                    Some(BestWeights::File(folder.join(name)))
                } else {
                    let flat = learner.model().flat().f_empty_like()?;
                    file.read_into(&learner.model().parts(&flat)?)
                        .map_err(&refused)?;
                    Some(BestWeights::Memory(flat))
                }
            }
            (None, None) => None,
            _ => {
                return Err(refused(format!(
                    "the checkpoint {} does not say which weights were best",
                    path.display()
                )));
            }
        };
        state.read_into(&state_tensors(learner)).map_err(&refused)?;
        self.state = Some(index.state.clone());
        learner.set_steps(index.progress.step);
        let threads = tch::get_num_threads();
        if index.threads != threads {
            notice(&format!(
                "the checkpoint was written with {} threads and goes on with {threads}: its numbers may differ in their last digits",
                index.threads
            ));
        }
        Ok(Some((index.progress, best)))
    }

    /// The index, where it is of this training.
    fn understand(&self, text: &[u8]) -> Result<Index, String> {
        let value: Value =
            serde_json::from_slice(text).map_err(|cause| format!("is torn: {cause}"))?;
        let said = |key: &str| {
            value
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or("?")
                .to_owned()
        };
        if said("library") != LIBRARY {
            return Err(format!(
                "was written by {}, this is {LIBRARY}: finish it with that version",
                said("library")
            ));
        }
        if said("spec_hash") != self.checkpoint.spec_hash {
            return Err(format!(
                "belongs to spec {}, this is {}",
                said("spec_hash"),
                self.checkpoint.spec_hash
            ));
        }
        let index: Index =
            serde_json::from_value(value).map_err(|cause| format!("is torn: {cause}"))?;
        let now = self.config.execution;
        let elsewhere = FitConfig {
            execution: now,
            ..index.config.clone()
        };
        if index.config.execution != now && elsewhere == self.config {
            return Err(format!(
                "was trained in another way ({}; this machine, by its memory or device, takes {}): go on where it was begun",
                index.config.execution.text(),
                now.text()
            ));
        }
        if index.config != self.config || index.samples != self.samples {
            return Err(
                "is of another seed, of other hyperparameters or of other samples".to_owned(),
            );
        }
        if !self.is_place(&index.progress) {
            return Err("says a place that no training of this experiment can be at".to_owned());
        }
        Ok(index)
    }

    /// Whether a training can stand there: what is believed decides what is trained, and what is judged on test.
    fn is_place(&self, progress: &Progress) -> bool {
        let [n, _] = self.samples;
        let size = u64::from(self.config.hyper.batch_size).clamp(1, n.max(1));
        let batches = n.div_ceil(size);
        let (epoch, batch) = (u64::from(progress.epoch), u64::from(progress.batch));
        let steps = epoch.saturating_mul(batches).saturating_add(batch);
        let cut = self.config.max_steps.is_some() && progress.step <= steps;
        let judged = |found: Option<(f64, u32)>| {
            found.is_none_or(|(value, at)| value.is_finite() && (1..=progress.epoch).contains(&at))
        };
        progress.epoch <= self.config.hyper.epochs
            && batch <= batches
            && (progress.step == steps || cut)
            && progress.seen == batch.saturating_mul(size).min(n)
            && progress.loss_sum.is_finite()
            && progress.curve.len() as u64 == epoch
            && judged(progress.best)
            && judged(progress.improved)
    }
}

/// The weights of the best epoch so far.
pub(super) enum BestWeights {
    /// All parameters, `[count]`.
    Memory(Tensor),
    /// A file of the checkpoint.
    File(PathBuf),
}

impl BestWeights {
    /// Moves a model back to them.
    pub(super) fn restore(self, model: &PatchTst) -> Result<(), TrainError> {
        match self {
            Self::Memory(weights) => {
                no_grad(|| model.flat().shallow_clone().f_copy_(&weights))?;
                Ok(())
            }
            Self::File(path) => TensorFile::open(&path)
                .and_then(|mut file| file.read_into(&model.named()))
                .map_err(TrainError::Checkpoint),
        }
    }
}

fn best_name(epoch: u32) -> String {
    format!("best-{epoch}.safetensors")
}

/// All tensors of a learner's state, by names that tell weights and moments apart.
fn state_tensors(learner: &dyn Learner) -> Vec<(String, Tensor)> {
    let weights = learner.model().named().into_iter();
    let moments = learner.moments().into_iter();
    weights
        .map(|(name, tensor)| (format!("weights.{name}"), tensor))
        .chain(moments.map(|(name, tensor)| (format!("optimizer.{name}"), tensor)))
        .collect()
}

/// Removes files of earlier checkpoints.
fn sweep(folder: &Path, keep: &[Option<String>]) -> io::Result<()> {
    sweep_temporaries(folder);
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let ours = name.starts_with("state-") || name.starts_with("best-");
        if ours && keep.iter().all(|kept| kept.as_deref() != Some(&name)) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn read_bounded(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::metadata(path) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(cause),
        Ok(metadata) if metadata.len() > MOST_INDEX => {
            Err(io::Error::other("it is larger than any checkpoint's"))
        }
        Ok(_) => fs::read(path).map(Some),
    }
}
