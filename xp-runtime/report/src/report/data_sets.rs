//! The data set of each run, so that no row reads as another market's.

use std::collections::BTreeMap;

use super::run::Run;

/// Names the data set of each run: that of its spec; of a run that left none, that of another run of the same spec hash, or of the same file.
pub(super) fn name(runs: &mut [Run]) {
    let mut by_spec: BTreeMap<String, String> = BTreeMap::new();
    let mut by_file: BTreeMap<String, String> = BTreeMap::new();
    for run in runs.iter_mut() {
        let Some(name) = run
            .spec()
            .and_then(|spec| spec.pointer("/data/name")?.as_str())
        else {
            continue;
        };
        let name = name.to_owned();
        if !run.row.spec_hash.is_empty() {
            let hash = run.row.spec_hash.clone();
            by_spec.entry(hash).or_insert_with(|| name.clone());
        }
        if let Some(md5) = run.row.data_md5.clone() {
            by_file.entry(md5).or_insert_with(|| name.clone());
        }
        run.data = Some(name);
    }
    for run in runs.iter_mut().filter(|run| run.data.is_none()) {
        let of_file = run.row.data_md5.as_ref().and_then(|md5| by_file.get(md5));
        run.data = by_spec.get(&run.row.spec_hash).or(of_file).cloned();
    }
}
