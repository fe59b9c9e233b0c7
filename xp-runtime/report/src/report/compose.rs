//! The report as a document: its head, the sections of each phase, and the sources of the formulas.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{
    overview,
    phase::Phase,
    references::references,
    run::{Run, phase_of},
    sections::SECTIONS,
};
use crate::document::{Block, Document};

/// The document.
pub(super) fn compose(runs: &[Run], generated: DateTime<Utc>) -> Document {
    let mut blocks = overview::blocks(runs, generated);
    let mut phases: BTreeMap<String, Vec<&Run>> = BTreeMap::new();
    for run in runs {
        phases.entry(phase_of(&run.row)).or_default().push(run);
    }
    for (name, runs) in &phases {
        let phase = Phase::new(name, runs);
        blocks.push(Block::Heading(2, name.to_owned()));
        blocks.extend(SECTIONS.iter().flat_map(|section| section(&phase)));
    }
    if !runs.is_empty() {
        blocks.extend(references());
    }
    Document::new(blocks)
}
