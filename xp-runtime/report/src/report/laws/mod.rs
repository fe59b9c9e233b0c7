//! Scaling laws of groups of trainings, and what is said of them.

mod fit;
mod text;

pub(super) use fit::{Size, grouped, laws, short};
pub(super) use text::{basis, percent, said, said_lost};
