//! What protects machine and run while they compute: heat, memory, Ctrl-C.

mod memory;
pub(crate) mod reason;
mod thermal;

pub use thermal::ThermalGuard;

pub(crate) use thermal::{LOST_IN_PAUSE, UNKNOWN_FOR, thresholds};
