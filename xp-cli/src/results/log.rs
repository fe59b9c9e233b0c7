//! The rows of the experiment log, as far as they tell which seeds have finished.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io,
    path::Path,
};

use serde::Deserialize;
use xp_spec::files::read_at_most;

use crate::failure::Failure;

/// Relative to the workspace.
const LOG: &str = "outputs/results/experiment_log.csv";

/// Bytes of the largest log that is read: millions of rows.
const MAX_BYTES: u64 = 1 << 30;

/// A row. Logs of older versions have the first columns only.
#[derive(Deserialize)]
pub(super) struct Row {
    pub(super) experiment: String,
    status: String,
    #[serde(default)]
    spec_hash: String,
    /// Absent in rows of before it was recorded, which may have been overridden.
    #[serde(default)]
    overridden: Option<String>,
    #[serde(default)]
    seed: Option<u64>,
    #[serde(default)]
    pub(super) test_loss: Option<f64>,
}

impl Row {
    pub(super) fn succeeded(&self) -> bool {
        self.status == "success"
    }

    pub(super) fn is_overridden(&self) -> bool {
        // Spreadsheets write it in upper case.
        !self
            .overridden
            .as_ref()
            .is_some_and(|text| text.eq_ignore_ascii_case("false"))
    }

    /// Whether it is of a seed of this experiment that finished.
    pub(super) fn is_success_of(&self, experiment: &str, hash: &str, seed: u64) -> bool {
        self.succeeded()
            && self.experiment == experiment
            && self.spec_hash == hash
            && self.seed == Some(seed)
    }
}

/// All rows; none where there is no log. A last line that a crash has left incomplete is left out.
pub(super) fn read(root: &Path) -> Result<Vec<Row>, Failure> {
    let unreadable = |cause: &dyn std::fmt::Display| {
        Failure::new(format!(
            "{LOG} cannot be read: {cause}; `cargo xp report --rebuild-log` writes it anew from the records"
        ))
    };
    let opened = File::open(root.join(LOG));
    let text = match opened.and_then(|mut file| read_at_most(&mut file, MAX_BYTES)) {
        Ok(text) => text,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(unreadable(&cause)),
    };
    // Every complete row ends its line.
    let complete = text.iter().rposition(|byte| *byte == b'\n');
    let complete = complete.map_or(&[][..], |end| &text[..=end]);
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(complete);
    let header = reader
        .headers()
        .map_err(|cause| unreadable(&cause))?
        .clone();
    reader
        .into_records()
        // Two machines that begin a log at the same moment both write the header.
        .filter(|record| !record.as_ref().is_ok_and(|record| *record == header))
        .map(|record| record?.deserialize(Some(&header)))
        .collect::<Result<_, _>>()
        .map_err(|cause| unreadable(&cause))
}

/// Seeds of an experiment's runs whose command line changed results, by their effective hash.
pub(super) fn overridden(rows: &[Row], experiment: &str) -> BTreeMap<String, BTreeSet<u64>> {
    let mut found: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    for row in rows {
        if row.experiment == experiment
            && row.is_overridden()
            && let Some(seed) = row.seed
        {
            found.entry(row.spec_hash.clone()).or_default().insert(seed);
        }
    }
    found
}
