//! The experiment log: one row per run, append-only, header once, safe for several processes at once (F14, F35).

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use xp_spec::files::{read_at_most, same_file, write_atomic};

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
    #[serde(deserialize_with = "yes_or_no")]
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
    /// Threads of libtorch, on which the last digits depend.
    pub threads: Option<u32>,
    /// What the command line changed of the results, JSON.
    pub overrides: Option<String>,
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
    /// Rows cannot be told apart any more.
    #[error("{}:{line}: a quote is missing or too many, so that the rows after it cannot be read; correct that line, nothing was changed", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The first line that cannot be read.
        line: usize,
    },
    /// A row is malformed.
    #[error("{}: {cause}{}", path.display(), column(cause))]
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
pub const COLUMNS: [&str; 38] = [
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
    "threads",
    "overrides",
];

/// Columns of the first version of the log.
const FIRST_VERSION: usize = 17;

/// Bytes of the largest log that is read: millions of rows.
const MAX_BYTES: u64 = 1 << 30;

/// Appends a row under a file lock, as one synced write. A line that a crash left torn is moved to `{log}.torn` first, and a log with
/// the columns of an older version is replaced by a migrated one, its text kept as `{log}.{n}-columns`. Returns whether there was a torn
/// line.
pub fn append(path: &Path, row: &LogRow) -> Result<bool, LogError> {
    let fault = io_error(path);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(&fault)?;
    }
    let (mut file, text) = locked(path).map_err(&fault)?;
    // Refused before anything is moved: a foreign file stays as it is.
    let Parts {
        whole,
        torn,
        columns,
    } = parts(path, &text)?;
    if !torn.is_empty() {
        set_aside(&path.with_extension("csv.torn"), torn).map_err(&fault)?;
    }
    if !whole.is_empty() && columns < COLUMNS.len() {
        let mut rows = decode(path, whole, columns)?;
        rows.push(row.clone());
        let migrated = encode(path, &rows, true)?;
        write_atomic(
            &path.with_extension(format!("csv.{columns}-columns")),
            whole,
        )
        .and_then(|()| write_atomic(path, &migrated))
        .map_err(&fault)?;
        return Ok(!torn.is_empty());
    }
    let length = whole.len() as u64;
    if !torn.is_empty() {
        file.set_len(length).map_err(&fault)?;
    }
    let line = encode(path, std::slice::from_ref(row), whole.is_empty())?;
    file.seek(SeekFrom::End(0)).map_err(&fault)?;
    write_or_undo(&mut file, &line, length).map_err(&fault)?;
    Ok(!torn.is_empty())
}

/// The log under its lock, and its text. Whoever waited while another process migrated the log holds a file that nobody reads, and opens
/// it again.
fn locked(path: &Path) -> io::Result<(File, Vec<u8>)> {
    loop {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        file.lock()?;
        if same_file(&file, path)? {
            let text = read_at_most(&mut file, MAX_BYTES)?;
            return Ok((file, text));
        }
    }
}

fn set_aside(aside: &Path, torn: &[u8]) -> io::Result<()> {
    let mut aside = OpenOptions::new().append(true).create(true).open(aside)?;
    aside.write_all(torn)?;
    aside.write_all(b"\n")?;
    aside.sync_all()
}

/// Rows as CSV, after the header where the log is empty.
fn encode(path: &Path, rows: &[LogRow], header: bool) -> Result<Vec<u8>, LogError> {
    let mut writer = csv::WriterBuilder::new()
        .has_headers(header)
        .from_writer(Vec::new());
    for row in rows {
        writer.serialize(row).map_err(row_error(path))?;
    }
    writer
        .into_inner()
        .map_err(|cause| io_error(path)(cause.into_error()))
}

/// The name of the column that an error is about, which `csv` numbers.
fn column(cause: &csv::Error) -> String {
    let csv::ErrorKind::Deserialize { err, .. } = cause.kind() else {
        return String::new();
    };
    let field = err.field().and_then(|field| usize::try_from(field).ok());
    field
        .and_then(|field| COLUMNS.get(field))
        .map_or_else(String::new, |name| format!(" (column `{name}`)"))
}

fn row_error(path: &Path) -> impl Fn(csv::Error) -> LogError {
    move |cause| LogError::Row {
        path: path.to_owned(),
        cause,
    }
}

/// What a log's text is made of.
struct Parts<'a> {
    /// Header and complete rows.
    whole: &'a [u8],
    /// What a crash left of a last row, or of a header that was the first line to be written.
    torn: &'a [u8],
    /// Columns of the header, all for an empty log.
    columns: usize,
}

/// Later versions only ever add columns at the end, so the first n of [`COLUMNS`], from the 17 of the first version, are an older log and
/// anything else is foreign.
fn parts<'a>(path: &Path, text: &'a [u8]) -> Result<Parts<'a>, LogError> {
    let foreign = || LogError::Foreign {
        path: path.to_owned(),
    };
    if !text.contains(&b'\n') {
        return if COLUMNS.join(",").as_bytes().starts_with(text) {
            Ok(Parts {
                whole: &[],
                torn: text,
                columns: COLUMNS.len(),
            })
        } else {
            Err(foreign())
        };
    }
    let header = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    // A spreadsheet that saved the log has left its marks, which change no row.
    let header = header.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(header);
    let header = header.strip_suffix(b"\r").unwrap_or(header);
    let columns = (FIRST_VERSION..=COLUMNS.len())
        .rev()
        .find(|&n| COLUMNS.iter().take(n).copied().eq(split(header)))
        .ok_or_else(foreign)?;
    let torn = torn_tail(path, text)?;
    Ok(Parts {
        whole: text.get(..text.len() - torn.len()).unwrap_or_default(),
        torn,
        columns,
    })
}

fn split(header: &[u8]) -> impl Iterator<Item = &str> {
    header
        .split(|byte| *byte == b',')
        .map(|name| str::from_utf8(name).unwrap_or_default())
}

/// Rows of a log with the first `columns` columns. A row from before `overridden` was kept counts as overridden and is flagged
/// `migrated`: nobody knows whether it may be compared.
fn decode(path: &Path, whole: &[u8], columns: usize) -> Result<Vec<LogRow>, LogError> {
    let unknown = |name: &str| COLUMNS.iter().position(|c| *c == name) >= Some(columns);
    let header = csv::StringRecord::from(COLUMNS.to_vec());
    csv::Reader::from_reader(whole)
        .into_records()
        .map(|record| {
            let mut record = record?;
            for name in COLUMNS.iter().skip(columns) {
                record.push_field(match *name {
                    "overridden" => "true",
                    "flags" if unknown("overridden") => crate::MIGRATED,
                    _ => "",
                });
            }
            record
                .deserialize::<LogRow>(Some(&header))
                .and_then(|row| row.finite(&record))
        })
        .collect::<Result<_, _>>()
        .map_err(row_error(path))
}

/// `true` or `false`, as a spreadsheet writes them too.
fn yes_or_no<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let text = String::deserialize(deserializer)?;
    match text.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(D::Error::custom(format!(
            "`overridden` must be true or false, found `{text}`"
        ))),
    }
}

impl LogRow {
    /// The row without numbers that are none: they are absent; a row without a duration is no row.
    fn finite(mut self, record: &csv::StringRecord) -> Result<Self, csv::Error> {
        if !self.duration_seconds.is_finite() {
            let line = record.position().map_or(0, csv::Position::line);
            let text = format!("CSV error: line: {line}: duration_seconds is no number");
            return Err(io::Error::new(io::ErrorKind::InvalidData, text).into());
        }
        for value in [
            &mut self.val_loss,
            &mut self.test_accuracy,
            &mut self.thermal_max_temp,
            &mut self.val_auc,
            &mut self.test_loss,
            &mut self.test_auc,
            &mut self.thermal_paused_seconds,
            &mut self.samples_per_second,
        ] {
            *value = value.filter(|value| value.is_finite());
        }
        Ok(self)
    }
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

/// What follows the last complete record, at most one line: a crash tears the last row only. A record ends at a newline outside quotes,
/// so that one quote too few would take all later rows for the tail: that is damage, not a crash.
fn torn_tail<'a>(path: &Path, text: &'a [u8]) -> Result<&'a [u8], LogError> {
    let (mut quoted, mut end) = (false, 0);
    for (position, byte) in text.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => end = position + 1,
            _ => {}
        }
    }
    let (whole, tail) = text.split_at(end);
    if tail.split(|byte| *byte == b'\n').skip(1).any(begins_row) {
        let newlines = whole.iter().filter(|byte| **byte == b'\n').count();
        return Err(LogError::Damaged {
            path: path.to_owned(),
            line: newlines + 1,
        });
    }
    Ok(tail)
}

/// Whether a line begins as rows do: with a time such as `2026-11-24T16:25:24Z,`.
fn begins_row(line: &[u8]) -> bool {
    let shape = b"0000-00-00T00:00:00Z,";
    line.len() > shape.len()
        && line.iter().zip(shape).all(|(byte, shape)| match shape {
            b'0' => byte.is_ascii_digit(),
            shape => byte == shape,
        })
}

/// All rows; an absent log has none. A torn last line is left out.
pub fn read(path: &Path) -> Result<Vec<LogRow>, LogError> {
    let opened = File::open(path).and_then(|mut file| read_at_most(&mut file, MAX_BYTES));
    let text = match opened {
        Ok(text) => text,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(io_error(path)(cause)),
    };
    let Parts { whole, columns, .. } = parts(path, &text)?;
    decode(path, whole, columns)
}
