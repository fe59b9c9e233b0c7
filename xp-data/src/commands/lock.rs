//! `cargo xp data lock`.

use xp_data::{DataError, build::lock};
use xp_spec::files::Workspace;

use super::{
    names::Names,
    progress::{progress, written},
};

pub(super) fn run(workspace: &Workspace, names: Names) -> Result<(), DataError> {
    for name in names.or_all(workspace)? {
        let changed = lock(workspace, &name, &mut *progress(&name))?;
        say!("{name}: {}", written(changed));
    }
    Ok(())
}
