//! and knows neither tensors nor data frames.

mod axis;
mod compiled;
mod gp;
mod grid;
pub mod importance;
pub mod order;
pub mod pruner;
mod random;
mod sobol;
pub mod study;
pub mod suggest;
mod tpe;
pub mod trial;

pub use importance::importance;
pub use pruner::{Decision, decide};
pub use study::{
    Adopted, Direction, Life, Outcome, Owner, Saw, Study, StudyError, StudyIdentity, changes,
    space_changes,
};
pub use suggest::{SuggestError, suggest};
pub use trial::{Trial, TrialState, best, counts};
pub use xp_spec::strategy::{Pruner, Sampler, Strategy};
