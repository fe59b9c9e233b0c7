//! The thermal guard: plausibility of readings, a pure state machine, sources of temperature, and a thread that polls them.

mod fault;
mod file_source;
mod monitor;
mod plausibility;
mod source;
mod state;
mod system_source;

pub use fault::SensorFault;
pub use file_source::FileSource;
pub use monitor::{Monitor, Poller};
pub use plausibility::{Assessment, Plausibility};
pub use source::{Reading, Source};
pub use state::{Action, Guard, State, Thresholds, classify};
pub use system_source::SystemSource;

/// The file named by `XP_THERMAL_FILE`, else the system's sensors.
pub fn from_environment() -> Box<dyn Source> {
    match std::env::var_os("XP_THERMAL_FILE") {
        Some(path) => Box::new(FileSource::new(path)),
        None => Box::new(SystemSource::new()),
    }
}
