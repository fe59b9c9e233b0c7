//! What a run is: the lowest floor. Nothing here is changed after it was made, and nothing is written.

mod background;
mod device;
mod error;
mod options;
mod run;
mod server;
mod spec;
mod workers;
mod workspace;

pub use error::RunError;
pub use run::Context;
pub use spec::{Borrowed, Finding, Input, Spec};

pub(crate) use background::unless_interrupted;
pub(crate) use device::device_name;
pub(crate) use options::Options;
