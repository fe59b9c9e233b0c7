//! `cargo xp data build`.

use xp_data::{DataError, build::build};
use xp_spec::{
    files::{Workspace, lock::SchemaLock},
    name::{MAX_VARIANT, is_variant},
    split::WARMUP_BARS,
};

use super::{
    names::Names,
    progress::{progress, written},
};

pub(super) fn run(workspace: &Workspace, names: Names) -> Result<(), DataError> {
    let is_named = names.is_named();
    for name in names.or_all(workspace)? {
        let changed = build(workspace, &name, &mut *progress(&name))?;
        say!("{name}: {}", written(changed));
        if is_named {
            let manifest = workspace.manifest()?;
            let entry = manifest.processed.get(&name);
            let path = entry.map(|entry| entry.path.clone()).unwrap_or_default();
            let lock = entry.map(|entry| workspace.lock(&entry.lock)).transpose()?;
            if let Some(lock) = lock {
                say_built(&lock, &path);
                xp_terminal::next(&experiment(&lock, &path));
            }
        }
    }
    if !is_named {
        xp_terminal::next("cargo xp list --status");
    }
    Ok(())
}

/// What was built, and what an experiment says of it.
fn say_built(lock: &SchemaLock, path: &str) {
    say!(
        "  {} rows, {} to {}, after the first {WARMUP_BARS} bars; {} features",
        lock.rows,
        lock.first,
        lock.last,
        lock.columns.len()
    );
    say!(
        "  in an experiment: data: \"{path}\", split: {{ val: \"{}\", test: \"{}\" }}",
        lock.split.val,
        lock.split.test
    );
}

/// The command that writes an experiment on it.
fn experiment(lock: &SchemaLock, path: &str) -> String {
    let split = &lock.split;
    let mut command = format!(
        "cargo xp new hpo --budget 2M --task 1pct --data {path} --val {} --test {}",
        split.val, split.test
    );
    let suffix = format!("_{}", lock.timescale);
    let variant = lock.name.strip_suffix(&suffix).unwrap_or(&lock.name);
    let variant = variant.replace('_', "");
    if lock.timescale != "daily" {
        command += &format!(" --timescale {}", lock.timescale);
    }
    // A name of its own, beside experiments of other data; what looks like another part of a name gets a word before it.
    let named = [variant.clone(), format!("data{variant}")].map(|mut name| {
        name.truncate(MAX_VARIANT);
        name
    });
    if let Some(variant) = named.iter().find(|name| is_variant(name)) {
        command += &format!(" --variant {variant}");
    }
    command
}
