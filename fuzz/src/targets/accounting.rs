//! What `sacct` lists.

use std::path::Path;

use xp_spec::slurm::parse_accounting;

use super::target::Target;

pub(super) const TARGET: Target = Target {
    name: "accounting",
    shipped: &[],
    start: |_| {
        Box::new(|input| {
            let text = String::from_utf8_lossy(input);
            for ended in parse_accounting(&text, Path::new("/home/ada/xp")) {
                assert!(!ended.state.contains(' '), "{ended:?}");
                assert_ne!(ended.state, "RUNNING");
            }
        })
    },
};
