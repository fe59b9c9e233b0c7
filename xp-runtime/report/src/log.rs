//! The experiment log: one row per run, append-only, header once, safe for several processes at once (F14, F35).

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It did what it should.
    Success,
    /// An error ended it.
    Failed,
    /// Heat ended it.
    ThermalAbort,
    /// Ctrl-C or SIGTERM ended it.
    Interrupted,
    /// Its time was up; starting it again goes on.
    Incomplete,
}

impl Status {
    /// Its name in the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failed => "failed",
            Self::ThermalAbort => "thermal_abort",
            Self::Interrupted => "interrupted",
            Self::Incomplete => "incomplete",
        }
    }
}

/// A row. A value that does not exist is empty, never 0 or −1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogRow {
    /// End of the run, ISO-8601 UTC.
    pub timestamp: String,
    /// `{phase}_{binary}`.
    pub experiment: String,
    /// Phase.
    pub phase: String,
    /// Budget.
    pub budget: String,
    /// Task.
    pub task: String,
    /// Trading days.
    pub horizon: u32,
    /// Bar length.
    pub timescale: String,
    /// The experiment's file.
    pub script_path: String,
    /// `hpo` or `training`.
    pub run_type: String,
    /// How it ended.
    pub status: Status,
    /// Wall-clock seconds.
    pub duration_seconds: f64,
    /// Unweighted mean log-loss on validation.
    pub val_loss: Option<f64>,
    /// Share of right predictions on test.
    pub test_accuracy: Option<f64>,
    /// JSON.
    pub hyperparameters: Option<String>,
    /// Why it failed.
    pub error_message: Option<String>,
    /// Highest temperature seen, °C.
    pub thermal_max_temp: Option<f64>,
    /// MD5 of the parquet.
    pub data_md5: Option<String>,
    /// Unique.
    pub run_id: String,
    /// Spec hash of the experiment, or the effective one of an overridden run.
    pub spec_hash: String,
    /// Whether the command line changed results.
    pub overridden: bool,
    /// Commit, with `+dirty` where sources differ from it.
    pub code_version: Option<String>,
    /// Seed of the training or of the search.
    pub seed: Option<u64>,
    /// `cpu` or `cuda:0`.
    pub device: Option<String>,
    /// Exact number of trainable parameters.
    pub param_count: Option<u64>,
    /// Features per bar.
    pub n_features: Option<u64>,
    /// ROC-AUC on validation.
    pub val_auc: Option<f64>,
    /// Unweighted mean log-loss on test.
    pub test_loss: Option<f64>,
    /// ROC-AUC on test.
    pub test_auc: Option<f64>,
    /// Positive test samples.
    pub test_positives: Option<u64>,
    /// Test samples.
    pub test_samples: Option<u64>,
    /// Positive validation samples.
    pub val_positives: Option<u64>,
    /// Validation samples.
    pub val_samples: Option<u64>,
    /// Best epoch, from 1.
    pub best_epoch: Option<u32>,
    /// Seconds paused for heat.
    pub thermal_paused_seconds: Option<f64>,
    /// Mean training throughput.
    pub samples_per_second: Option<f64>,
    /// What a reader must know: `collapsed`, `no_sensor`, … separated by spaces.
    pub flags: Option<String>,
}

/// The log cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// Reading or writing failed.
    #[error("failed to use the experiment log {}: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// It is not an experiment log.
    #[error("{} has another header than an experiment log; move it away, a new one is begun", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A row is malformed.
    #[error("{}: {cause}", path.display())]
    Row {
        /// The file.
        path: PathBuf,
        /// Where and why.
        cause: csv::Error,
    },
}

fn io_error(path: &Path) -> impl Fn(io::Error) -> LogError {
    move |cause| LogError::Io {
        path: path.to_owned(),
        cause,
    }
}

/// The columns, in order.
pub const COLUMNS: [&str; 36] = [
    "timestamp",
    "experiment",
    "phase",
    "budget",
    "task",
    "horizon",
    "timescale",
    "script_path",
    "run_type",
    "status",
    "duration_seconds",
    "val_loss",
    "test_accuracy",
    "hyperparameters",
    "error_message",
    "thermal_max_temp",
    "data_md5",
    "run_id",
    "spec_hash",
    "overridden",
    "code_version",
    "seed",
    "device",
    "param_count",
    "n_features",
    "val_auc",
    "test_loss",
    "test_auc",
    "test_positives",
    "test_samples",
    "val_positives",
    "val_samples",
    "best_epoch",
    "thermal_paused_seconds",
    "samples_per_second",
    "flags",
];

/// Appends a row under a file lock, as one synced write. A line that a crash left torn is moved to `{log}.torn` first.
/// Returns whether there was one.
pub fn append(path: &Path, row: &LogRow) -> Result<bool, LogError> {
    let fault = io_error(path);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(&fault)?;
    }
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(&fault)?;
    file.lock().map_err(&fault)?;
    let mut text = Vec::new();
    file.read_to_end(&mut text).map_err(&fault)?;
    let header = format!("{}\n", COLUMNS.join(","));
    let torn = torn_tail(&text);
    let whole = text.len() - torn.len();
    if !torn.is_empty() {
        let aside = path.with_extension("csv.torn");
        let mut aside = OpenOptions::new()
            .append(true)
            .create(true)
            .open(aside)
            .map_err(&fault)?;
        aside
            .write_all(torn)
            .and_then(|()| aside.write_all(b"\n"))
            .and_then(|()| aside.sync_all())
            .map_err(&fault)?;
        file.set_len(whole as u64).map_err(&fault)?;
    }
    if whole > 0 && !text.starts_with(header.as_bytes()) {
        return Err(LogError::Foreign {
            path: path.to_owned(),
        });
    }
    let mut line = if whole == 0 {
        header.into_bytes()
    } else {
        Vec::new()
    };
    let mut writer = csv::WriterBuilder::new()
        .has_headers(false)
        .from_writer(Vec::new());
    let row_fault = |cause| LogError::Row {
        path: path.to_owned(),
        cause,
    };
    writer.serialize(row).map_err(row_fault)?;
    line.extend(
        writer
            .into_inner()
            .map_err(|cause| fault(cause.into_error()))?,
    );
    file.seek(SeekFrom::End(0)).map_err(&fault)?;
    write_or_undo(&mut file, &line, whole as u64).map_err(&fault)?;
    Ok(!torn.is_empty())
}

/// A full disk must not leave half a row.
fn write_or_undo(file: &mut File, line: &[u8], length: u64) -> io::Result<()> {
    let written = file.write_all(line).and_then(|()| file.sync_all());
    if written.is_err() {
        // The first error is the one to tell.
        let _ = file.set_len(length);
    }
    written
}

/// What follows the last complete record. A record ends at a newline outside quotes.
fn torn_tail(text: &[u8]) -> &[u8] {
    let (mut quoted, mut end) = (false, 0);
    for (position, byte) in text.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => end = position + 1,
            _ => {}
        }
    }
    text.get(end..).unwrap_or_default()
}

/// All rows; an absent log has none. A torn last line is left out.
pub fn read(path: &Path) -> Result<Vec<LogRow>, LogError> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(io_error(path)(cause)),
    };
    let whole = text
        .get(..text.len() - torn_tail(&text).len())
        .unwrap_or_default();
    if !whole.is_empty() && !whole.starts_with(COLUMNS.join(",").as_bytes()) {
        return Err(LogError::Foreign {
            path: path.to_owned(),
        });
    }
    csv::Reader::from_reader(whole)
        .deserialize()
        .collect::<Result<Vec<LogRow>, _>>()
        .map_err(|cause| LogError::Row {
            path: path.to_owned(),
            cause,
        })
}
