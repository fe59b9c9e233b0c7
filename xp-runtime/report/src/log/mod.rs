//! The experiment log: one row per run, append-only, header once, safe for several processes at once (F14, F35).

mod append;
mod columns;
mod csv_rows;
mod error;
mod lint_finding;
mod parts;
mod read;
mod row;
mod status;

pub use append::append;
pub use columns::COLUMNS;
pub use error::LogError;
pub use lint_finding::LintFinding;
pub use read::read;
pub use row::LogRow;
pub use status::Status;
