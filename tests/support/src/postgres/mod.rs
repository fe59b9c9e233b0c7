//! A PostgreSQL of a test's own, for what speaks to a real server. It knows no client; `Server::sql` asks by `psql`.

mod account;
mod certificates;
mod keeper;
mod programs;
mod server;

pub use certificates::Certificates;
pub use server::{Options, Server};
