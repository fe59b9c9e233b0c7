//! What `squeue --json` answers.

use std::path::Path;

use xp_spec::slurm::parse_queue;

use super::target::Target;

pub(super) const TARGET: Target = Target {
    name: "queue",
    shipped: &[],
    start: |_| {
        Box::new(|input| {
            let Ok(jobs) = parse_queue(&String::from_utf8_lossy(input)) else {
                return;
            };
            for job in jobs {
                // `scancel` and `--dependency` are given this id.
                let id = job.id();
                assert!(!id.is_empty() && !id.starts_with('-'), "{id}");
                assert!(job.tasks() > 0 && !job.state().is_empty(), "{job:?}");
                let _ = (job.name(), job.reason(), job.is_of(7, Path::new("/w")));
                assert!(job.is_live() || !job.state().is_empty());
            }
        })
    },
};
