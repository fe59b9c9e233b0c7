//! What a job of Slurm is asked for, names, options, times and memory, and what Slurm's commands answer. It must not run anything.

mod accounting;
mod lenient;
mod memory;
mod options;
mod queue;
mod time;

pub use accounting::{ACCOUNTING_FIELDS, Ended, parse_accounting};
pub use memory::{CORES, check_memory, memory_mib};
pub use options::{check_name, check_options};
pub use queue::{Job, parse_queue};
pub use time::{parse_time, time_text};
