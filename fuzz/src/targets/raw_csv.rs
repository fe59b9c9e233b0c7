//! A file of the raw format.

use std::path::Path;

use xp_bars::{checks::inspect, parse_bytes};

use super::target::Target;

pub(super) const TARGET: Target = Target {
    name: "raw_csv",
    shipped: &[],
    start: |_| {
        Box::new(|input| {
            if let Ok(bars) = parse_bytes(Path::new("file.csv"), input) {
                drop(inspect(&bars));
            }
        })
    },
};
