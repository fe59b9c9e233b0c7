//! Samplers, pruners and the durable study of a hyperparameter search. It trains nothing, and uses
//! neither tensors nor data frames.

mod error;
mod evaluations;
pub mod importance;
mod pruner;
mod rng;
mod sampler;
mod space;
mod study;
mod suggest;
mod trial;
pub mod visibility;

pub use error::SuggestError;
pub use importance::importance;
pub use pruner::{Decision, decide};
pub use study::{
    Direction, ImportedTrials, Journal, Liveness, Observation, OnWait, OpenReport, Outcome, Owner,
    Study, StudyError, StudyIdentity, Wait, changes, space_changes,
};
pub use suggest::suggest;
pub use trial::{Trial, TrialState, best, counts};
pub use xp_spec::strategy::{Pruner, Sampler, Strategy};
