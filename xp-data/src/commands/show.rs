//! `cargo xp data show`.

use xp_clock::Clock;
use xp_data::{DataError, Hashing, drift::drift, load::load, source::processed, verify::verify};
use xp_spec::files::Workspace;

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
    println!(
        "{name}: {} rows of {} bars, {} to {}; default split: val {}, test {}",
        lock.rows, lock.timescale, lock.first, lock.last, lock.split.val, lock.split.test
    );
    if let Some(raw) = manifest.raw.get(&entry.raw) {
        println!(
            "  raw file {}; source: {}; licence: {}",
            raw.path, raw.source, raw.licence
        );
        for note in &raw.notes {
            println!("  note: {note}");
        }
        for finding in &raw.findings {
            println!(
                "  {} {}: {}",
                finding.severity, finding.check, finding.found
            );
        }
    }
    println!("  tier  columns  entropy rank  components for 95 %");
    for tier in &lock.dimensions {
        println!(
            "  {:4}  {:7}  {:12.2}  {:19}",
            tier.tier, tier.columns, tier.entropy_rank, tier.components_95
        );
    }
    if !workspace.root().join(&entry.path).is_file() {
        println!("  drift: unknown until the data set is built");
        return Ok(());
    }
    verify(workspace, name, Hashing::Cached, clock)?;
    let names: Vec<String> = lock
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    for region in drift(&load(workspace, entry, &names)?, lock.split) {
        println!("  drift, {}", region.summary());
    }
    Ok(())
}
