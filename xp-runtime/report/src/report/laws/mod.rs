//! Scaling laws of groups of trainings, and their description.

mod fit;
mod missing;
mod names;
mod text;

pub(super) use fit::{Found, Size, grouped, laws};
pub(super) use missing::NoLaw;
pub(super) use names::names;
pub(super) use text::{
    basis, describe, interpretation, left_out_note, percent, probability, with_ends,
};
