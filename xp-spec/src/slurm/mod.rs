//! What a job of Slurm is asked for: names, options, times and memory. It must not run anything.

mod memory;
mod options;
mod time;

pub use memory::{CORES, check_memory, memory_mib};
pub use options::{check_name, check_options};
pub use time::{parse_time, time_text};
