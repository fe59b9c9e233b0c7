//! The experiment log, run records, scaling fits, and the report made of them.
//! It must not run experiments or depend on tensors.

pub mod document;
pub mod figure;
pub mod log;
mod markup;
pub mod rebuild;
pub mod record;
pub mod report;
pub mod tracking;

/// `outputs/results/experiment_log.csv`, relative to the workspace.
pub const LOG: &str = "outputs/results/experiment_log.csv";
/// `outputs/runs`, one JSON per run, relative to the workspace.
pub const RUNS: &str = "outputs/runs";
/// The report, relative to the workspace.
pub const REPORT: &str = "docs/experiment_results.md";
/// Figures of the report, relative to the workspace.
pub const FIGURES: &str = "docs/figures";
/// The report as one page, relative to the workspace.
pub const PAGE: &str = "docs/experiment_results.html";
/// The report's tables as LaTeX, relative to the workspace.
pub const LATEX: &str = "docs/experiment_results.tex";
/// The report's tables as CSV, relative to the workspace.
pub const TABLES: &str = "docs/tables";
/// Flag of a row of an older log, without the column that says whether the command line changed results.
pub const MIGRATED: &str = "migrated";
/// Flag of a row whose run pre-flight refused: it computed nothing and is excluded from rates.
pub const REFUSED: &str = "refused";
/// Flag of a search of which no trial beats the class prior, and of a training that borrows from such a search: it is part of no law.
pub const PRIOR_NOT_BEATEN: &str = "prior_not_beaten";
