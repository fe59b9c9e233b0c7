//! Writes and reads the checkpoint of one training. On a failed write the earlier checkpoint is whole.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use tch::Tensor;
use xp_clock::Clock;
use xp_spec::files::{sweep_temporaries, write_atomic};

use super::{
    best::{BestWeights, best_name},
    index::{self, FORMAT, Index, LIBRARY, Owner, Unusable},
    location::Checkpoint,
    progress::Progress,
};
use crate::{
    kernels::kernels,
    model::PatchTst,
    train::{
        config::FitConfig,
        error::TrainError,
        learner::Learner,
        tensor_file::{self, TensorFile},
    },
};

/// The file that names the others.
const INDEX: &str = "checkpoint.json";
/// The same of the checkpoint before, which serves where the newest is damaged.
const PREVIOUS: &str = "checkpoint.previous.json";
/// Seconds between checkpoints that are not at an evaluation.
const INTERVAL: Duration = Duration::from_secs(600);
/// The time that checkpoints may take at most: one part of so many.
pub const CHECKPOINT_SHARE: u32 = 20;

/// A training's checkpoint while it runs.
pub(in crate::train) struct Store {
    folder: PathBuf,
    owner: Owner,
    clock: Clock,
    /// The step whose best weights are in a file.
    written_best: Option<u32>,
    /// The newest whole checkpoint.
    kept: Option<Kept>,
    last: Instant,
    cost: Duration,
}

/// A whole checkpoint: the text of its index, and its files.
struct Kept {
    text: Vec<u8>,
    files: Vec<String>,
}

/// A checkpoint that was read.
type Found = (Progress, Option<BestWeights>);

impl Store {
    pub(in crate::train) fn new(
        checkpoint: Checkpoint,
        config: &FitConfig,
        samples: [u64; 2],
        clock: &Clock,
    ) -> Self {
        Self {
            folder: checkpoint.folder,
            owner: Owner {
                spec_hash: checkpoint.spec_hash,
                config: config.clone(),
                samples,
            },
            clock: clock.clone(),
            written_best: None,
            kept: None,
            last: clock.now(),
            cost: Duration::ZERO,
        }
    }

    /// Whether an evaluation should be kept. Where evaluations follow closely, or a checkpoint has gigabytes, not each is.
    pub(in crate::train) fn due_at_evaluation(&self) -> bool {
        self.clock.since(self.last) >= self.cost * CHECKPOINT_SHARE
    }

    /// Whether a long interval should be kept before its end.
    pub(in crate::train) fn due(&self) -> bool {
        self.clock.since(self.last) >= INTERVAL.max(self.cost * CHECKPOINT_SHARE)
    }

    /// Writes the best weights at once, for a model that has no room for them in memory.
    pub(in crate::train) fn write_best(
        &self,
        model: &PatchTst,
        step: u32,
    ) -> Result<BestWeights, TrainError> {
        let path = self.folder.join(best_name(step));
        tensor_file::write(&path, &model.named()).map_err(|cause| {
            TrainError::Checkpoint(format!(
                "the best weights could not be written to {}: {cause}; make room and run the same command: the earlier checkpoint is intact",
                path.display()
            ))
        })?;
        Ok(BestWeights::File(path))
    }

    /// Keeps the state. On an error the earlier checkpoint is whole, and what was written of this one is gone: a full disk needs the room.
    pub(in crate::train) fn save(
        &mut self,
        progress: &Progress,
        learner: &dyn Learner,
        best: Option<&BestWeights>,
    ) -> io::Result<()> {
        let state = format!("state-{}.safetensors", progress.step);
        let written = self.write(&state, progress, learner, best);
        let is_kept = |kept: &Kept| kept.files.contains(&state);
        if written.is_err() && !self.kept.as_ref().is_some_and(is_kept) {
            // The first error is the one to tell.
            let _ = fs::remove_file(self.folder.join(&state));
        }
        written
    }

    /// The newest checkpoint becomes the previous one, and the files of that before it are removed: there is never more than two, and
    /// never none.
    fn make_room(&self, best: Option<&str>) -> io::Result<()> {
        let Some(kept) = &self.kept else {
            return Ok(());
        };
        let mut needed = kept.files.clone();
        needed.extend(best.map(ToOwned::to_owned));
        // A file that is left over is harmless, and the next checkpoint removes it.
        let _ = remove_superseded(&self.folder, &needed);
        write_atomic(&self.folder.join(PREVIOUS), &kept.text)
    }

    fn write(
        &mut self,
        state: &str,
        progress: &Progress,
        learner: &dyn Learner,
        best: Option<&BestWeights>,
    ) -> io::Result<()> {
        let started = self.clock.now();
        let folder = self.folder.clone();
        let state = state.to_owned();
        let best_step = progress.best.map(|(_, step)| best_name(step));
        self.make_room(best_step.as_deref())?;
        tensor_file::write(&folder.join(&state), &state_tensors(learner))?;
        let best_name = match (progress.best, best) {
            (Some((_, step)), Some(weights)) => {
                let name = best_name(step);
                if let (BestWeights::Memory(flat), true) =
                    (weights, self.written_best != Some(step))
                {
                    let named = learner.model().parts(flat).map_err(io::Error::other)?;
                    tensor_file::write(&folder.join(&name), &named)?;
                }
                self.written_best = Some(step);
                Some(name)
            }
            _ => None,
        };
        let index = Index {
            format: FORMAT,
            library: LIBRARY.to_owned(),
            spec_hash: self.owner.spec_hash.clone(),
            threads: tch::get_num_threads(),
            kernels: Some(kernels().to_string()),
            config: self.owner.config.clone(),
            samples: self.owner.samples,
            progress: progress.clone(),
            state: state.clone(),
            best: best_name.clone(),
        };
        let text = index.sealed()?;
        write_atomic(&folder.join(INDEX), &text)?;
        self.kept = Some(Kept {
            text,
            files: [Some(state), best_name].into_iter().flatten().collect(),
        });
        self.last = self.clock.now();
        self.cost = self.clock.since(started);
        Ok(())
    }

    /// Reads the state into a learner; `None` where there is no checkpoint. Where the newest is damaged, the one before it is used. Nothing is
    /// changed by one that cannot be used.
    pub(in crate::train) fn load(
        &mut self,
        learner: &mut dyn Learner,
        warn: &mut dyn FnMut(&str),
    ) -> Result<Option<Found>, TrainError> {
        let refused = |store: &Self, what: &str| {
            TrainError::Checkpoint(format!(
                "the checkpoint {} {what}; nothing was changed: move {} away to train from the start",
                store.folder.join(INDEX).display(),
                store.folder.display()
            ))
        };
        match self.read(INDEX, learner, warn) {
            Ok(found) => Ok(found),
            Err(Unusable::Foreign(what)) => Err(refused(self, &what)),
            Err(Unusable::Damaged(what)) => match self.read(PREVIOUS, learner, warn) {
                Ok(Some((progress, best))) => {
                    warn(&format!(
                        "the checkpoint {} {what}; the training resumes from the one before it, at step {}",
                        self.folder.join(INDEX).display(),
                        progress.step
                    ));
                    Ok(Some((progress, best)))
                }
                Ok(None) | Err(_) => Err(refused(self, &what)),
            },
        }
    }

    /// Reads the checkpoint of an index; `None` where there is none.
    fn read(
        &mut self,
        name: &str,
        learner: &mut dyn Learner,
        warn: &mut dyn FnMut(&str),
    ) -> Result<Option<Found>, Unusable> {
        let damaged = Unusable::Damaged;
        let folder = self.folder.clone();
        let Some(text) = index::read(&folder.join(name))
            .map_err(|cause| damaged(format!("cannot be read: {cause}")))?
        else {
            return Ok(None);
        };
        let index = Index::parse(&text, &self.owner)?;
        let open = |name: &str| -> Result<TensorFile, Unusable> {
            if Path::new(name).file_name() != Some(name.as_ref()) {
                let what = "names a file outside its folder";
                return Err(Unusable::Foreign(what.to_owned()));
            }
            TensorFile::open(&folder.join(name)).map_err(of_file)
        };
        let mut state = open(&index.state)?;
        let best = match (&index.best, index.progress.best) {
            (Some(name), Some((_, step))) => {
                let mut file = open(name)?;
                let best = if learner.keeps_best_on_disk() {
                    file.verify_all().map_err(of_file)?;
                    BestWeights::File(folder.join(name))
                } else {
                    let flat = learner.model().flat().f_empty_like();
                    let flat = flat.map_err(|cause| damaged(cause.to_string()))?;
                    let parts = learner.model().parts(&flat);
                    let parts = parts.map_err(|cause| damaged(cause.to_string()))?;
                    file.read_into(&parts).map_err(of_file)?;
                    BestWeights::Memory(flat)
                };
                Some((best, step))
            }
            (None, None) => None,
            _ => {
                let what = "does not name its best weights";
                return Err(Unusable::Foreign(what.to_owned()));
            }
        };
        state.read_into(&state_tensors(learner)).map_err(of_file)?;
        self.written_best = best.as_ref().map(|(_, step)| *step);
        self.kept = Some(Kept {
            text,
            files: [Some(index.state), index.best]
                .into_iter()
                .flatten()
                .collect(),
        });
        learner.set_steps(index.progress.step.into());
        let threads = tch::get_num_threads();
        if index.threads != threads {
            warn(&format!(
                "the checkpoint was written with {} threads and resumes with {threads}: its numbers may differ in their last digits",
                index.threads
            ));
        }
        let kernels = kernels().to_string();
        if let Some(others) = index.kernels.filter(|others| *others != kernels) {
            warn(&format!(
                "the checkpoint was written with the kernels {others} and resumes with {kernels}, those of this processor: its numbers may differ in their last digits"
            ));
        }
        Ok(Some((index.progress, best.map(|(best, _)| best))))
    }
}

/// What is wrong with a file of tensors, as the end of "the checkpoint …".
fn of_file(what: String) -> Unusable {
    Unusable::Damaged(format!("cannot be used: {what}"))
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

/// Removes the files of earlier checkpoints.
fn remove_superseded(folder: &Path, keep: &[String]) -> io::Result<()> {
    sweep_temporaries(folder);
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_state = name.starts_with("state-") || name.starts_with("best-");
        if is_state && !keep.contains(&name) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
