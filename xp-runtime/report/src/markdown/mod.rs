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
    FIGURES, LOG, REPORT, RUNS,
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
}

/// Regenerates the report and its figure; returns the report's path.
pub fn regenerate(workspace: &Path, generated: DateTime<Utc>) -> Result<PathBuf, ReportError> {
    let runs: Vec<Run> = log::read(&workspace.join(LOG))?
        .into_iter()
        .map(|row| Run {
            record: record::read(&workspace.join(RUNS), &row.run_id),
            row,
        })
        .collect();
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
    let successes = runs
        .iter()
        .filter(|run| run.row.status == Status::Success)
        .count();
    let rate = if runs.is_empty() {
        "no runs yet".to_owned()
    } else {
        format!(
            "{:.1} % ({successes} of {} runs)",
            100.0 * successes as f64 / runs.len() as f64,
            runs.len()
        )
    };
    let mut text = format!(
        "# Experiment Results\n\n\
         Generated from `{LOG}` and `{RUNS}`; do not edit.\n\n\
         - **Generated**: {}\n- **Total Experiments**: {}\n- **Success Rate**: {rate}\n",
        generated.to_rfc3339_opts(SecondsFormat::Secs, true),
        runs.len()
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
