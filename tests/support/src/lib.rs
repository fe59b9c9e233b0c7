//! What tests and benches of several crates share. It knows none of their types, and panics where a test could not go on.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod folder;
mod postgres;
mod prices;
mod process;
mod python;
mod random;
mod running;
mod slurm;
mod wait;
mod workspace;

pub use folder::{files, files_with_extension};
pub use postgres::{Certificates, Options as ServerOptions, Server};
pub use prices::walk;
pub use process::{Process, Signal, signal};
pub use python::Packages;
pub use random::Random;
pub use running::{children, is_running, peak_memory, resident_memory};
pub use slurm::Slurm;
pub use wait::wait_until;
pub use workspace::{copy_experiments, copy_workspace, root};
