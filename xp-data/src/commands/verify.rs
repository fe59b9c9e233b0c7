//! `cargo xp data verify`.

use xp_clock::Clock;
use xp_data::{DataError, Hashing, verify::verify};
use xp_spec::files::Workspace;

use super::names::Names;

pub(super) fn run(workspace: &Workspace, names: Names, clock: &Clock) -> Result<(), DataError> {
    for name in names.or_all(workspace)? {
        let entry = verify(workspace, &name, Hashing::Full, clock)?;
        say!(
            "{name}: {} rows, md5 {}, as in data/manifest.yaml",
            entry.rows,
            entry.md5
        );
    }
    Ok(())
}
