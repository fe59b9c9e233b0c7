//! The report as a document: its head, the verdicts, the sections of each phase, the newest learning curve, and the sources of the formulas.

use chrono::{DateTime, Utc};

use super::{
    drawings::curve::newest_curve, overview, phases::phases, references::references, run::Run,
    sections::SECTIONS, verdicts,
};
use crate::document::{Block, Document};

/// The document.
pub(super) fn compose(runs: &[Run], generated: DateTime<Utc>) -> Document {
    let mut blocks = overview::blocks(runs, generated);
    let phases = phases(runs);
    blocks.extend(verdicts::blocks(&phases));
    for phase in &phases {
        blocks.push(Block::Heading(2, phase.title()));
        blocks.extend(SECTIONS.iter().flat_map(|section| section(phase)));
    }
    if let Some(curve) = newest_curve(runs) {
        blocks.push(Block::Heading(2, "Newest Learning Curve".to_owned()));
        blocks.push(Block::Figure(curve));
    }
    if !runs.is_empty() {
        blocks.extend(references());
    }
    Document::new(blocks)
}
