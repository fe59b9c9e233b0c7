//! Where the best trial lies at the border of the searched range.

use xp_spec::{
    border::{AtBorder, at_border},
    space::{Assignment, SearchSpace},
};

use crate::context::Context;

/// The borders at which a point lies. Steps that the run limits do not count: what was searched is not what was trained.
pub(crate) fn borders(context: &Context, space: &SearchSpace, point: &Assignment) -> Vec<AtBorder> {
    let options = &context.options;
    let is_limited = options.max_epochs.is_some() || options.max_steps.is_some();
    let mut found = at_border(space, point);
    found.retain(|border| !(is_limited && border.name == "steps"));
    found
}
