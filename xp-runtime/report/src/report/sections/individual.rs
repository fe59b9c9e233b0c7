//! Each run that the command line did not change.

use crate::{
    document::Block,
    report::{entries::entries, phase::Phase},
};

pub(super) fn blocks(phase: &Phase<'_>) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(3, "Individual Results".to_owned())];
    blocks.extend(entries(&phase.id(), &phase.comparable, &phase.finished));
    blocks
}
