//! Seeds of a target: the files of its folder, and those of the workspace that it reads.

use std::{fs, path::PathBuf};

use xp_test_support::{files, root};

use crate::targets::Target;

/// The folder of a target's own seeds.
pub(crate) fn folder(target: &Target) -> PathBuf {
    root().join("fuzz/corpus").join(target.name)
}

/// All seeds, in order of their paths; never none.
pub(crate) fn seeds(target: &Target) -> Vec<Vec<u8>> {
    let own = files(&folder(target)).into_iter();
    let shipped = target.shipped.iter().map(|path| root().join(path));
    let mut seeds: Vec<Vec<u8>> = own
        .chain(shipped)
        .map(|path| fs::read(path).unwrap())
        .collect();
    if seeds.is_empty() {
        seeds.push(Vec::new());
    }
    seeds
}
