//! What the machine says and does: temperature, memory, disk, interrupts, who else is running, which code this is. It knows
//! neither models nor experiments.

pub mod identity;
pub mod interrupt;
pub mod lease;
pub mod memory;
pub mod power;
pub mod resources;
pub mod thermal;
pub mod worker;
