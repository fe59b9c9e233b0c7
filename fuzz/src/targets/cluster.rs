//! `configs/cluster.yaml`.

use std::fs;

use xp_spec::files::{CLUSTER, MANIFEST, Workspace};

use super::target::Target;

pub(super) const TARGET: Target = Target {
    name: "cluster",
    shipped: &["configs/cluster.yaml"],
    start: |_| {
        let folder = tempfile::tempdir().unwrap();
        let (manifest, file) = (folder.path().join(MANIFEST), folder.path().join(CLUSTER));
        for file in [&manifest, &file] {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
        }
        fs::write(&manifest, "").unwrap();
        Box::new(move |input| {
            fs::write(&file, input).unwrap();
            let workspace = Workspace::find(folder.path()).unwrap();
            match workspace.cluster() {
                Ok(cluster) => {
                    let words = cluster.slurm.unwrap_or_default().container;
                    assert!(words.is_none_or(|words| !words.0.is_empty()));
                }
                Err(error) => assert!(!error.to_string().is_empty()),
            }
        })
    },
};
