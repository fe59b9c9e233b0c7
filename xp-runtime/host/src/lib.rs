//! State of the machine: temperature, power, memory, disk, interrupts, process locks, worker processes, how it computes with subnormal
//! numbers, and the version of the code. It knows neither models nor experiments.

pub mod control_group;
pub mod exit;
pub mod identity;
pub mod interrupt;
pub mod memory;
pub mod power;
pub mod process_lock;
pub mod resources;
pub mod subnormals;
pub mod thermal;
pub mod worker;
