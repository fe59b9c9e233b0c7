//! Data sets, experiments and results of the workspace, and their state.

use std::fs;

use xp_spec::{
    files::{SEARCHES, TRAININGS},
    hash::md5_hex,
};

use super::fact::Fact;
use crate::session::Session;

/// The state of each data set, and how many results there are.
pub(super) fn facts(session: &Session) -> Vec<Fact> {
    let workspace = &session.workspace;
    let root = workspace.root();
    let mut facts = Vec::new();
    match workspace.manifest() {
        Err(error) => facts.push(("manifest", error.to_string())),
        Ok(manifest) => {
            let raw: Vec<String> = manifest
                .raw
                .iter()
                .map(|(name, entry)| {
                    let state = match fs::read(root.join(&entry.path)) {
                        Err(cause) => cause.to_string(),
                        Ok(bytes) if md5_hex(&bytes) != entry.md5 => {
                            "its MD5 is another".to_owned()
                        }
                        Ok(_) => "as in the manifest".to_owned(),
                    };
                    format!("{name}: {} rows to {}, {state}", entry.rows, entry.last)
                })
                .collect();
            facts.push(("raw files", raw.join("\n")));
            let processed: Vec<String> = manifest
                .processed
                .iter()
                .map(|(name, entry)| {
                    let lock = match workspace.lock(&entry.lock) {
                        Err(error) => error.to_string(),
                        Ok(lock) if lock.md5 != entry.md5 => "its lock is stale".to_owned(),
                        Ok(_) => "locked".to_owned(),
                    };
                    let built = match fs::metadata(root.join(&entry.path)) {
                        Ok(file) => format!("built, {} bytes", file.len()),
                        Err(_) => "not built".to_owned(),
                    };
                    format!("{name}: {} rows, {lock}, {built}", entry.rows)
                })
                .collect();
            facts.push(("processed", processed.join("\n")));
        }
    }
    let count = |folder: &str| fs::read_dir(root.join(folder)).map_or(0, Iterator::count);
    facts.push((
        "results",
        format!(
            "{} searches, {} trainings, {} run records",
            count(SEARCHES),
            count(TRAININGS),
            count("outputs/runs")
        ),
    ));
    facts
}
