//! `docs/experiment_results.md`, made of the log and the run records: the same inputs give the same text.

mod law;
mod phase;

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use chrono::{DateTime, SecondsFormat, Utc};
use xp_spec::files::write_if_changed;

use crate::{
    FIGURES, LOG, REFUSED, REPORT, RUNS,
    figure::{Line, curves},
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

/// A row of the log with its record.
pub(crate) struct Run {
    pub(crate) row: LogRow,
    pub(crate) record: Option<RunRecord>,
    /// Whether a later run of the same experiment has another spec hash: its numbers are of an older version (F36).
    pub(crate) stale: bool,
}

impl Run {
    /// Whether pre-flight refused it, so that it computed nothing.
    fn refused(&self) -> bool {
        self.row
            .flags
            .as_deref()
            .is_some_and(|flags| flags.split(' ').any(|flag| flag == REFUSED))
    }
}

/// Rows with their records, those of older specs marked.
fn with_records(rows: Vec<LogRow>, record: impl Fn(&str) -> Option<RunRecord>) -> Vec<Run> {
    let newest: BTreeMap<String, String> = rows
        .iter()
        .filter(|row| !row.overridden && row.val_loss.is_some())
        .map(|row| (row.experiment.clone(), row.spec_hash.clone()))
        .collect();
    rows.into_iter()
        .map(|row| Run {
            record: record(&row.run_id),
            stale: !row.overridden
                && row.val_loss.is_some()
                && newest
                    .get(&row.experiment)
                    .is_some_and(|hash| *hash != row.spec_hash),
            row,
        })
        .collect()
}

/// Regenerates the report and its figure; returns the report's path.
pub fn regenerate(workspace: &Path, generated: DateTime<Utc>) -> Result<PathBuf, ReportError> {
    let runs = with_records(log::read(&workspace.join(LOG))?, |run_id| {
        record::read(&workspace.join(RUNS), run_id)
    });
    let write = |path: PathBuf, text: &str| {
        write_if_changed(&path, text.as_bytes()).map_err(|cause| ReportError::Write {
            path: path.clone(),
            cause,
        })?;
        Ok::<_, ReportError>(path)
    };
    let figure = newest_curve(&runs);
    if let Some((_, svg)) = &figure {
        write(workspace.join(FIGURES).join("learning_curve.svg"), svg)?;
    }
    let caption = figure.map(|(caption, _)| caption);
    write(
        workspace.join(REPORT),
        &render(&runs, caption.as_deref(), generated),
    )
}

/// Caption and SVG of the learning curve of the newest run that has one.
fn newest_curve(runs: &[Run]) -> Option<(String, String)> {
    let run = runs.iter().rev().find(|run| {
        run.record
            .as_ref()
            .is_some_and(|record| !record.curve.is_empty())
    })?;
    let curve = &run.record.as_ref()?.curve;
    let line = |name: &str, f: &dyn Fn(&record::CurvePoint) -> f64| Line {
        name: name.to_owned(),
        points: curve
            .iter()
            .map(|point| (f64::from(point.epoch), f(point)))
            .collect(),
    };
    let lines = [
        line("train", &|point| point.train_loss),
        line("validation", &|point| point.val_loss),
    ];
    let what = if run.row.run_type == "hpo" {
        "best trial"
    } else {
        "training"
    };
    let caption = format!(
        "Learning curve of {} (run {}, {what}{}).",
        run.row.experiment,
        run.row.run_id,
        if run.row.overridden {
            ", overridden"
        } else {
            ""
        }
    );
    Some((caption, curves(&run.row.experiment, &lines)))
}

pub(crate) fn render(runs: &[Run], caption: Option<&str>, generated: DateTime<Utc>) -> String {
    let started: Vec<&Run> = runs.iter().filter(|run| !run.refused()).collect();
    let refused = runs.len() - started.len();
    let successes = started
        .iter()
        .filter(|run| run.row.status == Status::Success)
        .count();
    let mut rate = if started.is_empty() {
        "no runs yet".to_owned()
    } else {
        format!(
            "{:.1} % ({successes} of {} runs)",
            100.0 * successes as f64 / started.len() as f64,
            started.len()
        )
    };
    if refused > 0 {
        rate.push_str(&format!(", beside {refused} that pre-flight refused"));
    }
    let mut text = format!(
        "# Experiment Results\n\n\
         Generated from `{LOG}` and `{RUNS}`; do not edit.\n\n\
         - **Generated**: {}\n- **Total Experiments**: {}\n- **Success Rate**: {rate}\n",
        generated.to_rfc3339_opts(SecondsFormat::Secs, true),
        started.len()
    );
    if let Some(caption) = caption {
        text.push_str(&format!(
            "\n![learning curve](figures/learning_curve.svg)\n\n*{caption}*\n"
        ));
    }
    let mut phases: BTreeMap<&str, Vec<&Run>> = BTreeMap::new();
    for run in runs {
        phases.entry(&run.row.phase).or_default().push(run);
    }
    for (name, runs) in phases {
        text.push_str(&phase::render(name, &runs));
    }
    text
}
