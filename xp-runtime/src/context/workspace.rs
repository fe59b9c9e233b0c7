//! Where data and outputs of a run are, and whether the binary is that of what is there.

use std::{
    fs,
    path::{Path, PathBuf},
};

use xp_spec::{
    files::{MANIFEST, Workspace},
    hash::md5_hex,
};

use super::{
    error::RunError,
    spec::{Input, Spec},
};

/// The folder that `XP_WORKSPACE` names (tests use it, and so can a machine with a scratch disk), else the one that the experiment was built
/// in. A binary that is started in another workspace, as in a copy of its clone, is refused: it would write into the one it was built in.
pub(crate) fn find(spec: &Spec) -> Result<Workspace, RunError> {
    if let Some(folder) = std::env::var_os("XP_WORKSPACE").map(PathBuf::from) {
        return Workspace::find(&folder).ok_or_else(|| {
            RunError::Failed(format!(
                "XP_WORKSPACE is {}, and there is no {MANIFEST} in it or above",
                folder.display()
            ))
        });
    }
    let current = std::env::current_dir().ok();
    let current = current.and_then(|folder| Workspace::find(&folder));
    of_binary(spec.workspace.as_ref(), current).map_err(RunError::Failed)
}

/// The workspace that a binary was built in, where it may work: not from within another one.
fn of_binary(built: &Path, current: Option<Workspace>) -> Result<Workspace, String> {
    let there = Workspace::find(built);
    let same =
        |a: &Workspace, b: &Workspace| match (a.root().canonicalize(), b.root().canonicalize()) {
            (Ok(a), Ok(b)) => a == b,
            _ => false,
        };
    match (there, current) {
        (Some(there), None) => Ok(there),
        (Some(there), Some(current)) if same(&there, &current) => Ok(there),
        (_, Some(current)) => Err(format!(
            "this binary was built in the workspace {}, and the current folder is in {}: build it here with `cargo run -p experiments --bin NAME`, start it in its own workspace, or set XP_WORKSPACE to the one it is to work in; two clones that share a target folder are one to cargo, so give each a CARGO_TARGET_DIR of its own",
            built.display(),
            current.root().display()
        )),
        (None, None) => Err(format!(
            "{}/{MANIFEST} is missing; restore it from git, or build the experiment where the workspace is now",
            built.display()
        )),
    }
}

/// Refuses a binary whose experiment was resolved from other files than there are in its workspace now. Cargo rebuilds what is newer, and
/// a file that `cp -p` or `rsync -a` put there is older.
pub(crate) fn verify_inputs(spec: &Spec) -> Result<(), RunError> {
    let root = Path::new(spec.workspace);
    // A workspace that is gone has no other files: only its binary is used, with XP_WORKSPACE.
    if !root.join(MANIFEST).is_file() {
        return Ok(());
    }
    match changed(root, spec.inputs).as_slice() {
        [] => Ok(()),
        files => Err(RunError::Failed(format!(
            "this binary was built from other files than there are now: {} changed, which cargo, going by times, did not see; run `touch {}` in {} and the same command again",
            files.join(", "),
            files.join(" "),
            root.display()
        ))),
    }
}

/// Files that are not as they were, or are gone.
fn changed(root: &Path, inputs: &[Input]) -> Vec<&'static str> {
    let is_other = |input: &&Input| {
        let bytes = fs::read(root.join(input.path));
        bytes.map_or(true, |bytes| md5_hex(&bytes) != input.md5)
    };
    inputs
        .iter()
        .filter(is_other)
        .map(|input| input.path)
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]
    use std::os::unix::fs::symlink;

    use super::*;

    fn workspace(folder: &Path) -> PathBuf {
        fs::create_dir_all(folder.join("data")).unwrap();
        fs::write(folder.join(MANIFEST), "version: 1\n").unwrap();
        folder.to_owned()
    }

    #[test]
    fn a_binary_works_in_its_own_workspace_only() {
        let folder = tempfile::tempdir().unwrap();
        let own = workspace(&folder.path().join("a clone in ü"));
        let copy = workspace(&folder.path().join("copy"));
        let link = folder.path().join("link");
        symlink(&own, &link).unwrap();
        let find = |built: &Path, current: &Path| of_binary(built, Workspace::find(current));
        for current in [&own, &own.join("data"), &link, folder.path()] {
            let found = find(&own, current).unwrap();
            assert_eq!(found.root(), own);
        }
        let error = find(&own, &copy).unwrap_err();
        assert!(
            error.contains(own.to_str().unwrap()) && error.contains(copy.to_str().unwrap()),
            "{error}"
        );
        // Moved with its target folder.
        let gone = folder.path().join("gone");
        assert!(find(&gone, &copy).unwrap_err().contains("build it here"));
        assert!(
            find(&gone, folder.path())
                .unwrap_err()
                .contains("is missing")
        );
    }

    #[test]
    fn a_file_that_was_replaced_is_named_whatever_its_time() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.yaml");
        let inputs = [Input {
            path: "a.yaml",
            md5: "0cc175b9c0f1b6a831c399e269772661",
        }];
        fs::write(&file, "a").unwrap();
        assert!(changed(folder.path(), &inputs).is_empty());
        fs::write(&file, "b").unwrap();
        fs::File::open(&file)
            .unwrap()
            .set_modified(std::time::UNIX_EPOCH)
            .unwrap();
        assert_eq!(changed(folder.path(), &inputs), ["a.yaml"]);
        fs::remove_file(&file).unwrap();
        assert_eq!(changed(folder.path(), &inputs), ["a.yaml"]);
    }
}
