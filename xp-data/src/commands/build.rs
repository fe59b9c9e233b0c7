//! `cargo xp data build`.

use xp_data::{DataError, build::build};
use xp_spec::files::Workspace;

use super::{
    names::Names,
    progress::{progress, written},
};

pub(super) fn run(workspace: &Workspace, names: Names) -> Result<(), DataError> {
    for name in names.or_all(workspace)? {
        let changed = build(workspace, &name, &mut *progress(&name))?;
        say!("{name}: {}", written(changed));
    }
    Ok(())
}
