//! The experiment log, read and reported on.

use std::fs;

use chrono::DateTime;
use xp_report::report::{Formats, regenerate};

use super::target::Target;

pub(super) const TARGET: Target = Target {
    name: "experiment_log",
    shipped: &[],
    start: |_| {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join(xp_report::LOG);
        fs::create_dir_all(log.parent().unwrap()).unwrap();
        Box::new(move |input| {
            fs::write(&log, input).unwrap();
            // An error is the report's answer to a log that it cannot read.
            let _ = regenerate(folder.path(), DateTime::UNIX_EPOCH, Formats::default());
        })
    },
};
