//! `checkpoint.json`: whose state it is, where the training stands, and which files hold the tensors. What it says decides what is trained
//! and what is judged on test, so that nothing is believed that no training of this configuration could have written.

use std::{fs, io, path::Path};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::progress::Progress;
use crate::train::config::FitConfig;

/// Which program's files these are: another version may compute other numbers from the same state.
pub const LIBRARY: &str = concat!("xp-runtime ", env!("CARGO_PKG_VERSION"), ", libtorch 2.13");
/// Largest index that is read, bytes.
const MOST_INDEX: u64 = 64 << 20;

/// The training that a checkpoint must belong to.
#[derive(Debug, Clone)]
pub(super) struct Owner {
    pub(super) spec_hash: String,
    pub(super) config: FitConfig,
    /// Samples of train and validation.
    pub(super) samples: [u64; 2],
}

/// The content of `checkpoint.json`.
#[derive(Serialize, Deserialize)]
pub(super) struct Index {
    pub(super) library: String,
    pub(super) spec_hash: String,
    pub(super) threads: i32,
    pub(super) config: FitConfig,
    /// Samples of train and validation.
    pub(super) samples: [u64; 2],
    pub(super) progress: Progress,
    /// File of weights and moments.
    pub(super) state: String,
    /// File of the best epoch's weights.
    pub(super) best: Option<String>,
}

impl Index {
    /// The index of a file, where it belongs to this training; the error completes "the checkpoint …".
    pub(super) fn parse(text: &[u8], owner: &Owner) -> Result<Self, String> {
        let value: Value =
            serde_json::from_slice(text).map_err(|cause| format!("is corrupt: {cause}"))?;
        let field = |key: &str| {
            value
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or("?")
                .to_owned()
        };
        if field("library") != LIBRARY {
            return Err(format!(
                "was written by {}, this is {LIBRARY}: finish it with that version",
                field("library")
            ));
        }
        if field("spec_hash") != owner.spec_hash {
            return Err(format!(
                "belongs to spec {}, this is {}",
                field("spec_hash"),
                owner.spec_hash
            ));
        }
        let index: Self =
            serde_json::from_value(value).map_err(|cause| format!("is corrupt: {cause}"))?;
        let now = owner.config.execution;
        let elsewhere = FitConfig {
            execution: now,
            ..index.config.clone()
        };
        if index.config.execution != now && elsewhere == owner.config {
            return Err(format!(
                "was written by another execution mode ({}; this machine, by its memory or device, uses {}): resume where it was started",
                index.config.execution.text(),
                now.text()
            ));
        }
        if index.config != owner.config || index.samples != owner.samples {
            return Err(
                "is of another seed, of other hyperparameters or of other samples".to_owned(),
            );
        }
        if !owner.can_reach(&index.progress) {
            return Err("has a position that no training of this experiment can reach".to_owned());
        }
        Ok(index)
    }
}

impl Owner {
    /// Whether a training of this configuration can stand there.
    fn can_reach(&self, progress: &Progress) -> bool {
        let [n, _] = self.samples;
        let size = u64::from(self.config.hyper.batch_size).clamp(1, n.max(1));
        let batches = n.div_ceil(size);
        let (epoch, batch) = (u64::from(progress.epoch), u64::from(progress.batch));
        let steps = epoch.saturating_mul(batches).saturating_add(batch);
        let limited = self.config.max_steps.is_some() && progress.step <= steps;
        let evaluated = |found: Option<(f64, u32)>| {
            found.is_none_or(|(value, at)| value.is_finite() && (1..=progress.epoch).contains(&at))
        };
        progress.epoch <= self.config.hyper.epochs
            && batch <= batches
            && (progress.step == steps || limited)
            && progress.seen == batch.saturating_mul(size).min(n)
            && progress.loss_sum.is_finite()
            && progress.curve.len() as u64 == epoch
            && evaluated(progress.best)
            && evaluated(progress.improved)
    }
}

/// The text of an index; `None` where there is none.
pub(super) fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::metadata(path) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(cause),
        Ok(metadata) if metadata.len() > MOST_INDEX => {
            Err(io::Error::other("it is larger than any checkpoint's"))
        }
        Ok(_) => fs::read(path).map(Some),
    }
}
