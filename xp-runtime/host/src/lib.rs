//! State of the machine: temperature, power, memory, disk, file systems, interrupts, the job of a batch system, process locks, worker
//! processes, how it computes with subnormal numbers, and the version of the code. It knows neither models nor experiments.

pub mod batch_job;
pub mod control_group;
pub mod exit;
pub mod file_system;
pub mod identity;
pub mod interrupt;
#[cfg(feature = "devices")]
pub mod memory;
mod mounts;
pub mod power;
#[cfg(feature = "devices")]
pub mod process_lock;
#[cfg(feature = "devices")]
pub mod resources;
pub mod subnormals;
#[cfg(feature = "devices")]
pub mod thermal;
#[cfg(feature = "devices")]
pub mod worker;
