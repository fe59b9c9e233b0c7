//! Parquets as pandas, Spark and databases write them (`fixtures/zones.py`).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod sandbox;

use std::path::Path;

use sandbox::{Sandbox, request};
use xp_bars::price_file::Zone;
use xp_data::import::{Report, import};

fn imported(sandbox: &Sandbox, name: &str, zone: Option<&str>) -> Result<Report, String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(format!("{name}.parquet"));
    let mut wanted = request("some_daily");
    wanted.options.zone = zone.map(|zone| Zone::parse(zone).unwrap());
    import(&sandbox.workspace(), &file, &wanted).map_err(|error| error.to_string())
}

/// Instants are the dates of their column's zone, whatever the index is called; in UTC they are told to be a day off, and `--zone` mends it.
#[test]
fn instants_are_dates_of_the_exchange() {
    for (name, zone, first, is_shifted) in [
        ("tokyo", None, "2007-01-01", false),
        ("berlin", None, "2007-01-01", false),
        ("new_york", None, "2007-01-01", false),
        ("tokyo_in_utc", None, "2006-12-31", true),
        ("tokyo_in_utc", Some("Asia/Tokyo"), "2007-01-01", false),
    ] {
        let report = imported(&Sandbox::empty(), name, zone).unwrap();
        let shifted = report.findings.iter().any(|found| found.check == "shifted");
        assert_eq!(shifted, is_shifted, "{name}: {:?}", report.findings);
        let entry = report.entry.unwrap();
        assert_eq!((entry.rows, entry.first.as_str()), (60, first), "{name}");
    }
}

/// Types that are not read are refused by name where they are needed, and passed over where they are not; none is a panic.
#[test]
fn types_that_are_not_read_are_named_or_passed_over() {
    let sandbox = Sandbox::empty();
    let error = imported(&sandbox, "decimals", None).unwrap_err();
    assert!(
        error.contains("column `Open` has the type Decimal") && error.contains("as doubles"),
        "{error}"
    );
    let error = imported(&sandbox, "two_assets", None).unwrap_err();
    assert!(
        error.contains("row 31, column `Symbol`: `QQQ` after `SPY`: a file must have one asset"),
        "{error}"
    );
}
