//! Runs that the command line changed, and those of which that is unknown.

use crate::{
    MIGRATED,
    document::Block,
    report::{entries::entries, phase::Phase, run::Run},
};

pub(super) fn blocks(phase: &Phase<'_>) -> Vec<Block> {
    let (migrated, overridden): (Vec<&Run>, Vec<&Run>) = phase
        .overridden
        .iter()
        .partition(|run| run.has_flag(MIGRATED));
    let mut blocks = Vec::new();
    for (title, why, runs) in [
        (
            "Overridden Runs",
            "The command line changed the results of these runs: they are excluded from all tables above and from fits.",
            &overridden,
        ),
        (
            "Runs of an Older Log",
            "An older version of the log did not record whether the command line changed the results of these runs: they are excluded from all tables above and from fits.",
            &migrated,
        ),
    ] {
        if !runs.is_empty() {
            blocks.push(Block::Heading(3, title.to_owned()));
            blocks.push(Block::Paragraph(why.into()));
            blocks.extend(entries(&format!("{}_overridden", phase.id()), runs, runs));
        }
    }
    blocks
}
