//! A run record, read and reported on with the log that names it.

use std::fs;

use chrono::DateTime;
use xp_report::report::{Formats, regenerate};
use xp_test_support::root;

use super::target::Target;

pub(super) const TARGET: Target = Target {
    name: "run_record",
    shipped: &[],
    start: |_| {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join(xp_report::LOG);
        let record = folder.path().join(xp_report::RUNS).join("fuzzed.json");
        for file in [&log, &record] {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
        }
        fs::copy(
            root().join("fuzz/corpus/experiment_log/one_training.csv"),
            log,
        )
        .unwrap();
        Box::new(move |input| {
            fs::write(&record, input).unwrap();
            let _ = regenerate(folder.path(), DateTime::UNIX_EPOCH, Formats::default());
        })
    },
};
