//! `checkpoint.json`: whose state it is, where the training stands, and which files hold the tensors. What it says decides what is trained
//! and what is judged on test, so that nothing is believed that no training of this configuration could have written.

use std::{fs, io, path::Path};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

use super::progress::Progress;
use crate::train::config::FitConfig;

/// Which program's files these are: another version may compute other numbers from the same state.
pub const LIBRARY: &str = concat!("xp-runtime ", env!("CARGO_PKG_VERSION"), ", libtorch 2.13");
/// Format of the index: 1 (which does not say it) had positions in epochs, 2 has them in steps, 3 has checksums.
pub(super) const FORMAT: u32 = 3;
/// The key of the index's own checksum.
const CHECKSUM: &str = "checksum";
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
    pub(super) format: u32,
    pub(super) library: String,
    pub(super) spec_hash: String,
    pub(super) threads: i32,
    /// Kernels of the processor that wrote it; absent in those of earlier versions.
    #[serde(default)]
    pub(super) kernels: Option<String>,
    pub(super) config: FitConfig,
    /// Samples of train and validation.
    pub(super) samples: [u64; 2],
    pub(super) progress: Progress,
    /// File of weights and moments.
    pub(super) state: String,
    /// File of the best evaluation's weights.
    pub(super) best: Option<String>,
}

/// Why a checkpoint cannot be used; the text completes "the checkpoint …".
#[derive(Debug)]
pub(super) enum Unusable {
    /// It was written well and has changed since: an earlier one may serve.
    Damaged(String),
    /// It is whole, and of another training or version.
    Foreign(String),
}

impl Index {
    /// The text of an index, with its checksum.
    pub(super) fn sealed(&self) -> serde_json::Result<Vec<u8>> {
        let mut value = serde_json::to_value(self)?;
        let checksum = checksum(&value)?;
        if let Value::Object(keys) = &mut value {
            keys.insert(CHECKSUM.to_owned(), checksum.into());
        }
        serde_json::to_vec_pretty(&value)
    }

    /// The index of a text, where it belongs to this training.
    pub(super) fn parse(text: &[u8], owner: &Owner) -> Result<Self, Unusable> {
        let value = unsealed(text)?;
        Self::of_training(value, owner).map_err(Unusable::Foreign)
    }

    fn of_training(value: Value, owner: &Owner) -> Result<Self, String> {
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
        let format = value.get("format").and_then(Value::as_u64).unwrap_or(1);
        if format != u64::from(FORMAT) {
            return Err(format!(
                "has format {format}, and this version reads format {FORMAT}: finish it with the version that wrote it"
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

/// The value of an index whose checksum is right. Formats that had none are left to be refused by their number.
fn unsealed(text: &[u8]) -> Result<Value, Unusable> {
    let damaged = |cause: String| Unusable::Damaged(format!("is damaged: {cause}"));
    let mut value: Value =
        serde_json::from_slice(text).map_err(|cause| damaged(cause.to_string()))?;
    let Some(expected) = value
        .as_object_mut()
        .and_then(|keys| keys.shift_remove(CHECKSUM))
    else {
        let is_older = value.get("format").and_then(Value::as_u64) < Some(u64::from(FORMAT));
        return if is_older {
            Ok(value)
        } else {
            Err(damaged("its checksum is missing".to_owned()))
        };
    };
    let found = checksum(&value).map_err(|cause| damaged(cause.to_string()))?;
    if expected != found.as_str() {
        return Err(damaged(format!(
            "it has checksum {found}, was written with {expected}"
        )));
    }
    Ok(value)
}

/// XXH3 of a value's text, 16 hex digits.
fn checksum(value: &Value) -> serde_json::Result<String> {
    Ok(format!("{:016x}", xxh3_64(&serde_json::to_vec(value)?)))
}

impl Owner {
    /// Whether a training of this configuration can stand there.
    fn can_reach(&self, progress: &Progress) -> bool {
        let [samples, _] = self.samples;
        let plan = self.config.plan(samples);
        let (made, step) = (progress.evaluations(), progress.step);
        let last = plan.evaluation(made);
        let finite = |found: Option<(f64, u32)>| found.is_none_or(|(value, _)| value.is_finite());
        made <= plan.evaluations()
            && (last..=plan.evaluation(made.saturating_add(1))).contains(&step)
            && progress.seen == plan.samples_before(step) - plan.samples_before(last)
            && progress.loss_sum.is_finite()
            && (1..)
                .zip(&progress.curve)
                .all(|(number, evaluation)| evaluation.step == plan.evaluation(number))
            && finite(progress.best)
            && finite(progress.improved)
            && progress
                .best
                .is_none_or(|(_, at)| progress.curve.iter().any(|it| it.step == at))
            && progress
                .improved
                .is_none_or(|(_, number)| (1..=made).contains(&number))
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
