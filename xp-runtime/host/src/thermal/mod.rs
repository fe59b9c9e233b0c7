//! The thermal guard: which readings are believed, a pure state machine, sources of temperature, and a thread that polls them.

mod belief;
mod monitor;
mod source;
mod state;

pub use belief::{Belief, Believed, Doubt};
pub use monitor::Monitor;
pub use source::{FileSource, Reading, Source, SystemSource, from_environment};
pub use state::{Action, Guard, State, Thresholds, classify};
