//! and knows neither tensors nor data frames.

mod axis;
mod compiled;
mod gp;
mod grid;
pub mod pruner;
mod random;
mod sobol;
pub mod study;
pub mod suggest;
mod tpe;
pub mod trial;

pub use pruner::should_prune;
pub use study::{Direction, Outcome, Saw, Study, StudyError, StudyIdentity};
pub use suggest::{SuggestError, suggest};
pub use trial::{Trial, TrialState, best, counts};
pub use xp_spec::strategy::{Pruner, Sampler, Strategy};
