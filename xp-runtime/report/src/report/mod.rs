//! The report: a document made of the log and the run records, written as Markdown with figures, and as HTML, LaTeX and CSV on
//! request. The same inputs give the same text.

mod against;
mod compare;
mod compose;
mod counts;
mod data_sets;
mod differences;
mod drawings;
mod entries;
mod error;
mod flags;
mod formats;
mod generate;
mod laws;
mod levels;
mod losses;
mod numbers;
mod overview;
mod paired;
mod phase;
mod phases;
mod questions;
mod references;
mod run;
mod sections;
mod trained;
mod verdicts;

pub use compare::{
    CompareError, Comparison, Mean, Measure, Pair, Region, Side, compare,
    markdown as comparison_markdown,
};
pub use error::ReportError;
pub use formats::Formats;
pub use generate::regenerate;
