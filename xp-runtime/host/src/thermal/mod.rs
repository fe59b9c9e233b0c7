//! The thermal guard: a pure state machine, sources of temperature, and a thread that polls them.

mod monitor;
mod source;
mod state;

pub use monitor::Monitor;
pub use source::{FileSource, Source, SystemSource, from_environment};
pub use state::{Action, Guard, State, Thresholds, classify};
