//! `cargo xp data show`.

use xp_clock::Clock;
use xp_data::{DataError, Hashing, drift::drift, load::load, source::processed, verify::verify};
use xp_spec::{
    files::{
        Workspace,
        lock::{SchemaLock, TIERS},
    },
    outliers::{LIMIT, Outlier, beyond},
    split::{Split, row_days},
    timescale::Timescale,
};

use super::names::Names;

pub(super) fn run(workspace: &Workspace, names: Names, clock: &Clock) -> Result<(), DataError> {
    for name in names.or_all(workspace)? {
        show(workspace, &name, clock)?;
    }
    Ok(())
}

fn show(workspace: &Workspace, name: &str, clock: &Clock) -> Result<(), DataError> {
    let manifest = workspace.manifest()?;
    let entry = processed(&manifest, name)?;
    let lock = workspace.lock(&entry.lock)?;
    say!(
        "{name}: {} rows of {} bars, {} to {}; default split: val {}, test {}",
        lock.rows,
        lock.timescale,
        lock.first,
        lock.last,
        lock.split.val,
        lock.split.test
    );
    if let Some(raw) = manifest.raw.get(&entry.raw) {
        say!(
            "  raw file {}; source: {}; licence: {}",
            raw.path,
            raw.source,
            raw.licence
        );
        for note in &raw.notes {
            say!("  note: {note}");
        }
        for finding in &raw.findings {
            say!(
                "  {} {}: {}",
                finding.severity,
                finding.check,
                finding.found
            );
        }
    }
    say!("  tier  columns  entropy rank of train  components for 95 %");
    for tier in &lock.dimensions {
        say!(
            "  {:4}  {:7}  {:21.2}  {:19}",
            tier.tier,
            tier.columns,
            tier.entropy_rank,
            tier.components_95
        );
    }
    say!("  columns beyond {LIMIT} sd of train, default split, of each tier:");
    for line in outliers(workspace, &lock)? {
        say!("    {line}");
    }
    if !workspace.root().join(&entry.path).is_file() {
        say!("  drift: unknown until the data set is built");
        return Ok(());
    }
    verify(workspace, name, Hashing::Cached, clock)?;
    let names: Vec<String> = lock
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    for region in drift(&load(workspace, entry, &names)?, lock.split.into()) {
        say!("  drift, {}", region.summary());
    }
    Ok(())
}

/// A line for each tier's number of outlying columns, then one for each of the farthest.
fn outliers(workspace: &Workspace, lock: &SchemaLock) -> Result<Vec<String>, DataError> {
    /// Columns that are named.
    const SHOWN: usize = 20;
    let Some(timescale) = Timescale::parse(&lock.timescale) else {
        return Ok(Vec::new());
    };
    let days = row_days(&workspace.spine(lock)?.dates, timescale);
    let split = Split {
        val: lock.split.val,
        test: lock.split.test,
        embargo: 0,
        train: Default::default(),
    };
    let tier = |name: &str| {
        let column = lock.columns.iter().find(|column| column.name == name);
        column.and_then(|column| column.tier)
    };
    let names: Vec<String> = lock
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    let mut found = beyond(&*workspace.yearly(lock)?, &names, &days, &split);
    let far = |outlier: &Outlier| {
        let farthest = outlier.extremes.first();
        farthest.map_or(0.0, |extreme| extreme.sd.abs())
    };
    found.sort_by(|a, b| far(b).total_cmp(&far(a)));
    let counts = TIERS.map(|of| {
        let inside = |name: &str| tier(name).is_some_and(|tier| tier <= of);
        let count = found.iter().filter(|outlier| inside(&outlier.column));
        format!("{of}: {}", count.count())
    });
    let mut lines = vec![counts.join(", ")];
    lines.extend(found.iter().take(SHOWN).map(ToString::to_string));
    if let Some(more @ 1..) = found.len().checked_sub(SHOWN) {
        lines.push(format!("and {more} more"));
    }
    Ok(lines)
}
