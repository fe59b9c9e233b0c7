//! Locks are fresh: they hold what the manifest holds, and the price spines that they name.

use crate::workspace::root;

#[test]
fn the_manifest_and_the_locks_agree() {
    let workspace = xp_spec::files::Workspace::find(&root()).unwrap();
    let manifest = workspace.manifest().unwrap();
    assert!(!manifest.processed.is_empty());
    for (name, entry) in &manifest.processed {
        let lock = workspace.lock(&entry.lock).unwrap();
        assert_eq!(
            (&lock.md5, lock.rows, &lock.name),
            (&entry.md5, entry.rows, name)
        );
        let spine = workspace.spine(&lock).unwrap();
        assert_eq!(spine.dates.len() as u64, lock.spine.rows);
    }
}
