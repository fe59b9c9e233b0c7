//! `data: …`: a data set of the manifest, whose lock, prices and parquet agree (F18, F21).

use std::sync::Arc;

use chrono::NaiveDate;
use xp_spec::{
    experiment::DataSet,
    files::{Workspace, footer::read_footer, lock::SchemaLock, manifest::ProcessedEntry},
    market::SimulatedMarket,
    nearest::nearest,
    outliers::{Outlier, beyond},
    split::{Spine, Split, row_days},
    timescale::Timescale,
    yearly::Yearly,
};

use super::fields::{quoted, text};
use crate::{diagnostic::Diagnostic, syntax::Node};

/// A data set of the manifest with its lock and its daily prices.
pub(crate) struct Data {
    name: String,
    entry: ProcessedEntry,
    simulated: Option<SimulatedMarket>,
    pub(crate) lock: Arc<SchemaLock>,
    pub(crate) spine: Arc<Spine>,
    yearly: Arc<Yearly>,
    /// Whether it has the bars of the experiment's timescale.
    pub(crate) fits: bool,
}

impl Data {
    /// As a resolved experiment names it.
    pub(crate) fn set(&self) -> DataSet {
        DataSet {
            name: self.name.clone(),
            path: self.entry.path.clone(),
            columns_md5: self.lock.columns_md5.clone(),
            prices_md5: self.lock.spine.md5.clone(),
            simulated: self.simulated,
        }
    }

    /// Lock and daily prices, relative to the workspace.
    pub(crate) fn files(&self) -> [String; 2] {
        [self.entry.lock.clone(), self.lock.spine.path.clone()]
    }

    /// The features that reach far beyond the training region of a split.
    pub(crate) fn outliers(
        &self,
        features: &[String],
        split: &Split,
        timescale: Timescale,
    ) -> Vec<Outlier> {
        let rows = row_days(&self.spine.dates, timescale);
        beyond(&self.yearly, features, &rows, split)
    }

    /// The first trading days of validation and test: two borders between the same days are one.
    pub(crate) fn borders(&self, split: &Split) -> Split {
        let snapped = |border: NaiveDate| {
            let day = self.spine.dates.partition_point(|day| *day < border);
            self.spine.dates.get(day).copied().unwrap_or(border)
        };
        Split {
            val: snapped(split.val),
            test: snapped(split.test),
            ..*split
        }
    }
}

pub(crate) fn data(
    node: &Node,
    timescale: Option<Timescale>,
    workspace: &Workspace,
    errors: &mut Vec<Diagnostic>,
) -> Option<Data> {
    let path = text(node, "\"data/processed/nasdaq_daily.parquet\"", errors)?;
    let span = node.span();
    let manifest = workspace
        .manifest()
        .map_err(|error| errors.push(Diagnostic::file(span, &error)))
        .ok()?;
    let Some((name, entry)) = manifest
        .processed
        .iter()
        .find(|(_, entry)| entry.path == path)
    else {
        let known: Vec<_> = manifest
            .processed
            .values()
            .map(|entry| entry.path.as_str())
            .collect();
        let error = Diagnostic::new(span, format!("\"{path}\" is not in data/manifest.yaml"));
        errors.push(match nearest(path, known.iter().copied()) {
            Some(near) => error.help(format!("did you mean \"{near}\"?")),
            None if known.is_empty() => {
                error.help("it has no data set yet: `cargo xp data import FILE --name NAME`")
            }
            None => error.help(format!(
                "known data sets: {}; others are made by `cargo xp data`",
                quoted(&known)
            )),
        });
        return None;
    };
    if let Err(what) = manifest.lineage(name, entry) {
        errors.push(
            Diagnostic::new(span, what).help("run `cargo xp data build`, then commit the manifest"),
        );
        return None;
    }
    let lock = workspace
        .lock(&entry.lock)
        .map_err(|error| errors.push(Diagnostic::file(span, &error)))
        .ok()?;
    if lock.name != *name
        || lock.md5 != entry.md5
        || lock.rows != entry.rows
        || lock.timescale != entry.timescale
    {
        errors.push(
            Diagnostic::new(
                span,
                format!("the schema lock of `{name}` is stale: it and data/manifest.yaml disagree"),
            )
            .help("run `cargo xp data build`, then commit both")
            .note(format!(
                "lock: {}, {} rows of {}, md5 {}; manifest: {name}, {} rows of {}, md5 {}",
                lock.name,
                lock.rows,
                lock.timescale,
                lock.md5,
                entry.rows,
                entry.timescale,
                entry.md5
            )),
        );
        return None;
    }
    if let Some(fault) = disagreement(workspace, entry, &lock) {
        let mut error = Diagnostic::new(span, fault).help(format!(
            "run `cargo xp data build {name}`: it rebuilds the file from its raw bars"
        ));
        error.at = Some(entry.path.clone());
        errors.push(error);
        return None;
    }
    let other = timescale.filter(|wanted| wanted.name() != entry.timescale);
    if let Some(wanted) = other {
        errors.push(
            Diagnostic::new(
                span,
                format!(
                    "`{name}` has {} bars, `timescale` says {wanted}",
                    entry.timescale
                ),
            )
            .help("name the data set of that timescale, or correct `timescale`"),
        );
    }
    let spine = workspace
        .spine(&lock)
        .map_err(|error| errors.push(Diagnostic::file(span, &error)))
        .ok()?;
    if let Err(what) = lock.check(&spine) {
        let mut error =
            Diagnostic::new(span, what).help("run `cargo xp data lock`, then commit the lock");
        error.at = Some(entry.lock.clone());
        errors.push(error);
        return None;
    }
    let yearly = workspace
        .yearly(&lock)
        .map_err(|error| errors.push(Diagnostic::file(span, &error)))
        .ok()?;
    Some(Data {
        name: name.clone(),
        entry: entry.clone(),
        simulated: manifest.raw.get(&entry.raw).and_then(|raw| raw.simulated),
        lock,
        spine,
        yearly,
        fits: other.is_none(),
    })
}

/// What a parquet's footer and its lock disagree on; nothing where there is no parquet, which a build does not need.
fn disagreement(
    workspace: &Workspace,
    entry: &ProcessedEntry,
    lock: &SchemaLock,
) -> Option<String> {
    let path = workspace.root().join(&entry.path);
    if !path.exists() {
        return None;
    }
    match read_footer(&path) {
        Ok(footer) => lock.disagreement(&footer),
        Err(fault) => Some(fault),
    }
}
