//! The report: a document made of the log and the run records, written as Markdown with figures, and as HTML, LaTeX and CSV on
//! request. The same inputs give the same text.

mod architectures;
mod comparison;
mod differences;
mod drawings;
mod flags;
mod individual;
mod law;
mod methods;
mod overview;
mod searches;
mod summary;
mod trained;

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use xp_spec::{
    experiment::block_length, files::write_if_changed, name::normal_phase, timescale::Timescale,
};

use crate::{
    FIGURES, LATEX, LOG, MIGRATED, PAGE, REFUSED, REPORT, RUNS, TABLES,
    document::{self, Block, Document},
    log::{self, LogError, LogRow, Status},
    record::{self, RunRecord},
};

/// A report that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A file cannot be written.
    #[error("failed to write {}: {cause}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
}

/// What to write beside the Markdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Formats {
    /// One self-contained page.
    pub html: bool,
    /// Tables as LaTeX.
    pub latex: bool,
    /// Tables as CSV, a file each.
    pub csv: bool,
}

/// A row of the log with its record.
pub(crate) struct Run {
    pub(crate) row: LogRow,
    pub(crate) record: Option<RunRecord>,
    /// Set where a later run of the same experiment is of another version (F36).
    pub(crate) stale: Option<Stale>,
    /// What else a reader must know.
    pub(crate) flags: Vec<String>,
}

/// Why a run's numbers are those of an older version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stale {
    /// Another spec hash.
    Spec,
    /// Other hyperparameters of a training, borrowed from a search that has gone on.
    Hyperparameters,
}

/// The phase under its one name.
fn phase_of(row: &LogRow) -> String {
    normal_phase(&row.phase).unwrap_or_else(|| row.phase.clone())
}

impl Run {
    /// Samples of a bootstrap's block. A bar of unknown length counts as a day, which makes the longest blocks.
    fn block_length(&self) -> usize {
        let bar = Timescale::parse(&self.row.timescale).map_or(1, Timescale::days);
        block_length(self.row.horizon, bar)
    }

    /// The spec that ran, where it was recorded.
    fn spec(&self) -> Option<&serde_json::Value> {
        self.record.as_ref()?.spec.as_ref()
    }

    fn has_flag(&self, wanted: &str) -> bool {
        let flags = self.row.flags.as_deref().unwrap_or_default();
        flags.split(' ').any(|flag| flag == wanted)
    }

    /// Whether pre-flight refused it, so that it computed nothing.
    fn refused(&self) -> bool {
        self.has_flag(REFUSED)
    }

    /// The experiment without its budget: what a scaling law compares over budgets.
    fn across_budgets(&self) -> String {
        let budget = format!("_{}_", self.row.budget);
        self.row.experiment.replacen(&budget, "_", 1)
    }

    /// The experiment without its number of features.
    fn across_features(&self) -> String {
        let features = self.row.n_features.unwrap_or(0);
        let parts = self.row.experiment.split('_');
        let tier = format!("f{features}");
        parts
            .filter(|part| *part != tier)
            .collect::<Vec<_>>()
            .join("_")
    }
}

/// Regenerates the report and its figures; returns the report's path.
pub fn regenerate(
    workspace: &Path,
    generated: DateTime<Utc>,
    formats: Formats,
) -> Result<PathBuf, ReportError> {
    // A report that began later must not be replaced by one that began earlier: two take turns.
    let _turn = turn(workspace);
    let runs = flags::with_records(log::read(&workspace.join(LOG))?, |row| {
        record::read(&workspace.join(RUNS), &row.run_id, &row.experiment)
    });
    let document = compose(&runs, generated, &|data, features| {
        effective_dimension(workspace, data, features)
    });
    let write = |path: PathBuf, text: &[u8]| {
        write_if_changed(&path, text).map_err(|cause| ReportError::Write {
            path: path.clone(),
            cause,
        })?;
        Ok::<_, ReportError>(path)
    };
    for figure in document.figures() {
        let path = workspace.join(FIGURES).join(format!("{}.svg", figure.id));
        write(path, figure.svg.as_bytes())?;
    }
    if formats.html {
        write(workspace.join(PAGE), document::html(&document).as_bytes())?;
    }
    if formats.latex {
        write(workspace.join(LATEX), document::latex(&document).as_bytes())?;
    }
    if formats.csv {
        for table in document.tables() {
            let path = workspace.join(TABLES).join(format!("{}.csv", table.id));
            let text = document::csv(table).map_err(|cause| ReportError::Write {
                path: path.clone(),
                cause,
            })?;
            write(path, &text)?;
        }
    }
    write(
        workspace.join(REPORT),
        document::markdown(&document, "figures").as_bytes(),
    )
}

/// The right to write the report, held as long as the file is; absent where nothing can be written, which the report itself will say.
fn turn(workspace: &Path) -> Option<File> {
    let path = workspace.join(LOG).with_file_name(".report.lock");
    fs::create_dir_all(path.parent()?).ok()?;
    let file = File::create(path).ok()?;
    file.lock().ok()?;
    Some(file)
}

/// Entropy rank of a tier from the data set's lock; absent where the lock does not tell it.
fn effective_dimension(workspace: &Path, data: &str, features: u64) -> Option<f64> {
    // Names come from the manifest's keys; a record from elsewhere must not lead out of the folder.
    if !data.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return None;
    }
    let path = workspace.join(format!("data/locks/{data}.lock.json"));
    let lock: serde_json::Value = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
    let tiers = lock.get("dimensions")?.as_array()?;
    let tier = tiers
        .iter()
        .find(|tier| tier.get("tier").and_then(serde_json::Value::as_u64) == Some(features))?;
    tier.get("entropy_rank")?.as_f64()
}

/// Effective dimension of a data set's tier.
type Dimension<'a> = &'a dyn Fn(&str, u64) -> Option<f64>;

fn compose(runs: &[Run], generated: DateTime<Utc>, dimension: Dimension<'_>) -> Document {
    let mut blocks = overview::blocks(runs, generated);
    let mut phases: BTreeMap<String, Vec<&Run>> = BTreeMap::new();
    for run in runs {
        phases.entry(phase_of(&run.row)).or_default().push(run);
    }
    for (name, runs) in &phases {
        blocks.extend(phase(name, runs, dimension));
    }
    if !runs.is_empty() {
        blocks.extend(methods::references());
    }
    Document::new(blocks)
}

fn phase(name: &str, runs: &[&Run], dimension: Dimension<'_>) -> Vec<Block> {
    let (comparable, overridden): (Vec<&Run>, Vec<&Run>) =
        runs.iter().partition(|run| !run.row.overridden);
    let finished = finished(&comparable);
    let trained = trained::trained(&finished);
    let mut blocks = vec![Block::Heading(2, name.to_owned())];
    blocks.extend(methods::blocks(&finished));
    blocks.push(Block::Heading(3, "Summary Table".to_owned()));
    blocks.extend(summary::blocks(name, &finished));
    blocks.push(Block::Heading(3, "Scaling Analysis".to_owned()));
    let left_out = trained::left_out(&finished, &trained);
    blocks.extend(law::over_budgets(name, &trained, &left_out));
    blocks.extend(law::over_features(name, &trained, &left_out, dimension));
    blocks.push(Block::Heading(3, "Comparison with Baselines".to_owned()));
    blocks.extend(comparison::blocks(name, &trained));
    blocks.extend(architectures::blocks(name, &finished));
    blocks.extend(searches::blocks(name, &finished));
    blocks.push(Block::Heading(3, "Individual Results".to_owned()));
    blocks.extend(individual::blocks(name, &comparable, &finished));
    let (migrated, overridden): (Vec<&Run>, Vec<&Run>) =
        overridden.iter().partition(|run| run.has_flag(MIGRATED));
    for (title, why, runs) in [
        (
            "Overridden Runs",
            "The command line changed what these runs compute: they enter no table above and no fit.",
            &overridden,
        ),
        (
            "Runs of an Older Log",
            "The log did not yet say whether the command line changed what these runs compute: they enter no table above and no fit.",
            &migrated,
        ),
    ] {
        if !runs.is_empty() {
            blocks.push(Block::Heading(3, title.to_owned()));
            blocks.push(Block::Paragraph(why.into()));
            blocks.extend(individual::blocks(
                &format!("{name}_overridden"),
                runs,
                runs,
            ));
        }
    }
    blocks
}

/// Successes of the newest spec of each experiment, one per search and one per seed of a training: the last, since a search that went
/// on logs its study again.
fn finished<'a>(runs: &[&'a Run]) -> Vec<&'a Run> {
    let mut last: BTreeMap<(&str, Option<u64>), (usize, &'a Run)> = BTreeMap::new();
    for (position, run) in runs.iter().copied().enumerate() {
        if run.row.status == Status::Success && run.stale.is_none() {
            last.insert((&run.row.experiment, run.row.seed), (position, run));
        }
    }
    let mut last: Vec<_> = last.into_values().collect();
    last.sort_by_key(|(position, _)| *position);
    last.into_iter().map(|(_, run)| run).collect()
}

/// `0.1234 [0.1, 0.2]`.
fn with_interval(value: f64, interval: Option<(f64, f64)>) -> String {
    match interval {
        Some((low, high)) => format!("{value:.4} [{low:.4}, {high:.4}]"),
        None => format!("{value:.4} (no interval)"),
    }
}

/// Mean ± standard deviation with the count.
fn mean_sd(values: &[f64]) -> String {
    let n = values.len();
    let mean = values.iter().sum::<f64>() / n as f64;
    match n {
        0 => "not run".to_owned(),
        1 => format!("{mean:.4} (n 1)"),
        _ => {
            let squares: f64 = values.iter().map(|x| (x - mean).powi(2)).sum();
            let sd = (squares / (n as f64 - 1.0)).sqrt();
            format!("{mean:.4} ± {sd:.4} (n {n})")
        }
    }
}
