//! A search's study as its experiment sees it: what it records of the experiment, how its trials rank, and whether an earlier one may be
//! continued. It starts no trial.

mod borders;
pub(crate) mod continuation;
mod counted;
mod error;
mod overridden;
pub(crate) mod place;
mod ranking;
mod settings;
mod waiting;

pub(crate) use borders::borders;
pub(crate) use counted::counted;
pub(crate) use overridden::{Overridden, overridden};
pub(crate) use ranking::{best_of, best_trial, ended, interrupted, ranked};
pub(crate) use settings::{STUDY, settings};
