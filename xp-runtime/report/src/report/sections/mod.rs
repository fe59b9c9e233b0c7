//! The registered sections of a phase, one file each, in the order of the report. A new one is a file and its two lines here.

mod architectures;
mod budgets;
mod comparison;
mod compute;
mod data;
mod features;
mod fitting;
mod individual;
mod iso_flop;
mod methods;
mod overridden;
mod searches;
mod summary;

use super::phase::Phase;
use crate::document::Block;

/// Renders a section of a phase with its heading; nothing where it has no content.
type Section = fn(&Phase<'_>) -> Vec<Block>;

/// All sections, in order.
pub(super) const SECTIONS: &[Section] = &[
    methods::blocks,
    summary::blocks,
    budgets::blocks,
    fitting::blocks,
    features::blocks,
    data::blocks,
    compute::blocks,
    iso_flop::blocks,
    comparison::blocks,
    architectures::blocks,
    searches::blocks,
    individual::blocks,
    overridden::blocks,
];
