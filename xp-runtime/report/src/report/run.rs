//! A run in the report: its row, its record, and its warnings.

use xp_spec::{experiment::block_length, name::normal_phase, timescale::Timescale};

use crate::{REFUSED, log::LogRow, record::RunRecord};

/// A row of the log with its record.
pub(crate) struct Run {
    pub(crate) row: LogRow,
    pub(crate) record: Option<RunRecord>,
    /// Its data set's name; absent where neither it nor a run of the same spec or file has recorded it.
    pub(crate) data: Option<String>,
    /// Set where a later run of the same experiment is of another version (F36).
    pub(crate) stale: Option<Stale>,
    /// Warnings.
    pub(crate) flags: Vec<String>,
}

/// In place of a name.
pub(super) const DATA_NOT_RECORDED: &str = "data set not recorded";

/// Why a run's numbers are those of an older version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stale {
    /// Another spec hash.
    Spec,
    /// Other hyperparameters of a training, borrowed from a search that was resumed since.
    Hyperparameters,
}

/// The normalised name of the phase.
pub(super) fn phase_of(row: &LogRow) -> String {
    normal_phase(&row.phase).unwrap_or_else(|| row.phase.clone())
}

impl Run {
    /// Samples of a bootstrap's block. A bar of unknown length counts as a day, which makes the longest blocks.
    pub(super) fn block_length(&self) -> usize {
        let bar = Timescale::parse(&self.row.timescale).map_or(1, Timescale::days);
        block_length(self.row.horizon, bar)
    }

    /// The spec that ran, where it was recorded.
    pub(super) fn spec(&self) -> Option<&serde_json::Value> {
        self.record.as_ref()?.spec.as_ref()
    }

    /// Operations and validation loss of each evaluation, ascending; absent where they are not recorded.
    pub(super) fn losses_by_flops(&self) -> Option<Vec<(f64, f64)>> {
        let curve = self.record.as_ref()?.curve.iter();
        let points: Option<Vec<_>> = curve
            .map(|point| Some((point.flops?, point.val_loss)))
            .collect();
        points.filter(|points| !points.is_empty())
    }

    /// The name of its data set, for a cell of its own.
    pub(super) fn data(&self) -> &str {
        self.data.as_deref().unwrap_or(DATA_NOT_RECORDED)
    }

    /// The experiment and its data set, for a caption.
    pub(super) fn title(&self) -> String {
        match &self.data {
            Some(data) => format!("{} on {data}", self.row.experiment),
            None => format!("{} ({DATA_NOT_RECORDED})", self.row.experiment),
        }
    }

    /// What it asks: the task and its data set, horizon, bars and features.
    pub(super) fn question(&self) -> String {
        let row = &self.row;
        let features = row
            .n_features
            .map_or_else(String::new, |n| format!(", {n} features"));
        let asked = format!("horizon {}, {}{features}", row.horizon, row.timescale);
        match &self.data {
            Some(data) => format!("{} on {data}, {asked}", row.task),
            None => format!("{}, {asked}, {DATA_NOT_RECORDED}", row.task),
        }
    }

    pub(super) fn has_flag(&self, wanted: &str) -> bool {
        let flags = self.row.flags.as_deref().unwrap_or_default();
        flags.split(' ').any(|flag| flag == wanted)
    }

    /// Whether pre-flight refused it, so that it computed nothing.
    pub(super) fn refused(&self) -> bool {
        self.has_flag(REFUSED)
    }

    /// The experiment without its budget: what a scaling law compares over budgets.
    pub(super) fn across_budgets(&self) -> String {
        let budget = format!("_{}_", self.row.budget);
        self.row.experiment.replacen(&budget, "_", 1)
    }

    /// The experiment without its number of features.
    pub(super) fn across_features(&self) -> String {
        let features = self.row.n_features.unwrap_or(0);
        let parts = self.row.experiment.split('_');
        let tier = format!("f{features}");
        parts
            .filter(|part| *part != tier)
            .collect::<Vec<_>>()
            .join("_")
    }
}
