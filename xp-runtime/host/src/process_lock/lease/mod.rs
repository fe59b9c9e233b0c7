//! Leases: files that their holders renew, where no lock of the operating system excludes other machines.

mod exclusive;
mod file;
mod folder;
mod held;
mod judge;
mod keeper;
mod record;
mod shared;
mod watch;

pub(super) use exclusive::other_holder;
pub(super) use held::Lease;
pub(super) use keeper::Keeper;
