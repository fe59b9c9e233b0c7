//! Scaling laws of groups of trainings, and their description.

mod bayes;
mod fit;
mod missing;
mod names;
mod text;

pub(super) use bayes::bayes;
pub(super) use fit::{Size, grouped, laws, short};
pub(super) use names::names;
pub(super) use text::{basis, describe, left_out_note, percent, probability, with_ends};
