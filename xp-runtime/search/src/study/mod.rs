//! The durable study: one SQLite file with Optuna 5's schema, so that Optuna and optuna-dashboard open it. It suggests and
//! prunes nothing by itself.
//!
//! **Durability.** Write-ahead log. What a trial reports is committed at once, so a killed process loses nothing; the log is
//! synchronised to the disk when a trial ends, so a power cut loses at most what trials that still ran had reported. Never
//! put a study on NFS: SQLite's locks do not hold there.
//!
//! **Orientation.** Values go in as the objective has them; [`Trial`](crate::Trial)s come out minimised (see
//! [`Direction::minimised`]).

mod cache;
mod connection;
mod database;
mod distribution;
mod error;
mod heartbeat;
mod identity;
mod import;
mod keys;
mod observation;
mod open;
mod outcome;
mod parameters;
#[cfg(feature = "postgres")]
mod postgres;
mod process;
mod schema;
mod session;
mod silence;
mod sql;
mod sqlite;
mod stored_identity;
mod stored_trial;
mod study_row;
mod time;
mod trials;
mod write;

pub use database::{OnWait, Wait};
pub use error::StudyError;
pub use identity::{Direction, StudyIdentity, changes, difference as space_changes};
pub use import::ImportedTrials;
pub use observation::Observation;
pub use outcome::Outcome;
pub use process::{Liveness, Owner};
pub use session::{OpenReport, Study};
pub use sqlite::Journal;
