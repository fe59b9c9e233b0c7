//! The schema lock of a processed data set: every fact about the data that a build needs, without the data.
//!
//! Committed beside the manifest as `data/locks/{name}.lock.json`, one column per line, so that a diff shows what moved. The figures by
//! year stand in a file of their own, which is larger and read by few.
//! Written by `xp-data`, read by the macro, the CLI, the report and pre-flight. Its format is in docs/formats.md.

use std::{collections::BTreeSet, fmt::Display};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use super::statistics::Statistics;
use crate::{
    split::{Spine, Split, row_days},
    timescale::Timescale,
    train_part::TrainPart,
};

/// Tiers of features: a tier holds the columns of all smaller ones.
pub const TIERS: [u32; 4] = [20, 100, 250, 500];

/// Cut points at which a feature must be proved causal.
pub const CAUSAL_CUTS: u32 = 3;

/// Version of the lock's format; a reader refuses any other. 2: statistics by region, dimensions of the tiers, a spine's start. 3: figures
/// by year.
pub const LOCK_VERSION: u32 = 3;

/// Facts about one processed parquet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchemaLock {
    /// Format version, [`LOCK_VERSION`].
    pub version: u32,
    /// Name in the manifest, such as `nasdaq_daily`.
    pub name: String,
    /// Bars that the rows are: `daily`, `2d`, `3d`, `5d`, `weekly`.
    pub timescale: String,
    /// Rows after warm-up.
    pub rows: u64,
    /// Date of the first row, ISO.
    pub first: String,
    /// Date of the last row, ISO.
    pub last: String,
    /// MD5 of the parquet, 32 hexadecimal digits.
    pub md5: String,
    /// MD5 over the columns' names and little-endian values in order, independent of parquet's encoding.
    pub columns_md5: String,
    /// The daily price spine: date, high, close.
    pub spine: SpineRef,
    /// The columns' figures by year.
    pub years: YearsRef,
    /// Borders of the regions of the columns' statistics: the data set's default split.
    pub split: DefaultSplit,
    /// Effective dimension of each tier, ascending.
    pub dimensions: Vec<Dimension>,
    /// The columns, in the parquet's order, without `date`.
    pub columns: Vec<LockedColumn>,
}

impl SchemaLock {
    /// Whether the lock agrees with itself and with the daily prices that it names; the error has the first disagreement.
    pub fn check(&self, spine: &Spine) -> Result<(), String> {
        let Some(timescale) = Timescale::parse(&self.timescale) else {
            return Err(format!(
                "the lock's timescale `{}` is not known",
                self.timescale
            ));
        };
        let same = |what: &str, lock: &dyn Display, data: &dyn Display| {
            let (lock, data) = (lock.to_string(), data.to_string());
            if lock == data {
                return Ok(());
            }
            Err(format!(
                "the lock of `{}` and its daily prices disagree on {what}: {lock} and {data}",
                self.name
            ))
        };
        same("daily bars", &self.spine.rows, &spine.dates.len())?;
        let rows = row_days(&spine.dates, timescale);
        same("rows after warm-up", &self.rows, &rows.len())?;
        if let (Some(first), Some(last)) = (rows.first(), rows.last()) {
            same("first row", &self.first, first)?;
            same("last row", &self.last, last)?;
        }
        let mut names = BTreeSet::new();
        for column in &self.columns {
            let name = &column.name;
            if !names.insert(name) {
                return Err(format!("the lock has the column `{name}` twice"));
            }
            if !is_column_name(name) {
                return Err(format!(
                    "the lock has a column {name:?}: lower-case letters, digits and `_` only"
                ));
            }
            if let Some(tier) = column.tier.filter(|tier| !TIERS.contains(tier)) {
                return Err(format!(
                    "column `{name}` has tier {tier}, which does not exist"
                ));
            }
            let regions = [&column.train, &column.val, &column.test];
            if let Some(wrong) = regions.into_iter().flatten().find(|it| !it.possible()) {
                return Err(format!(
                    "column `{name}` has impossible statistics: min {}, max {}, mean {}, sd {}",
                    wrong.min, wrong.max, wrong.mean, wrong.sd
                ));
            }
        }
        Ok(())
    }
}

/// Where the daily bars behind the labels are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpineRef {
    /// CSV with `date, high, close` among its columns, relative to the workspace.
    pub path: String,
    /// MD5 of that file.
    pub md5: String,
    /// Bars in it, from `from` on.
    pub rows: u64,
    /// Days before this are not used; the manifest's notes have the reason. Absent: all are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
}

/// Where the columns' figures by year are ([`crate::yearly::Yearly`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearsRef {
    /// JSON, relative to the workspace.
    pub path: String,
    /// MD5 of that file.
    pub md5: String,
}

/// First days of validation and test in the statistics. An experiment has its own split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultSplit {
    /// First day of validation.
    pub val: NaiveDate,
    /// First day of test.
    pub test: NaiveDate,
}

impl From<DefaultSplit> for Split {
    fn from(split: DefaultSplit) -> Self {
        Self {
            val: split.val,
            test: split.test,
            embargo: 0,
            train: TrainPart::Whole,
        }
    }
}

impl DefaultSplit {
    /// Region of a day: 0 train, 1 val, 2 test.
    pub fn region(&self, day: NaiveDate) -> usize {
        usize::from(day >= self.val) + usize::from(day >= self.test)
    }
}

/// How many dimensions the columns of a tier span, by the eigenvalues of their correlation matrix over all rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    /// The tier: 20, 100, 250, 500.
    pub tier: u32,
    /// Columns that are not constant; a constant one spans nothing.
    pub columns: u32,
    /// Entropy rank exp(−Σ pᵢ ln pᵢ), pᵢ the shares of the eigenvalues (Roy & Vetterli 2007), to 2 decimals.
    pub entropy_rank: f64,
    /// Principal components that explain 95 % of the variance.
    pub components_95: u32,
}

/// Facts about one column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedColumn {
    /// Name, as in the parquet.
    pub name: String,
    /// Smallest tier that holds it: 20, 100, 250, 500. Absent for a feature of the user's own, which is named and in no tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<u32>,
    /// Type, such as `f32`.
    pub dtype: String,
    /// Number of nulls and NaNs.
    pub nulls: u64,
    /// Cut points at which truncation and a corrupted future moved nothing earlier; 0 = not proved causal.
    pub causal_cuts: u32,
    /// Statistics of the train rows of the default split; absent where it has fewer than two, here and below.
    pub train: Option<Statistics>,
    /// Of the validation rows.
    pub val: Option<Statistics>,
    /// Of the test rows.
    pub test: Option<Statistics>,
}

/// Whether a feature may be called so.
fn is_column_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
