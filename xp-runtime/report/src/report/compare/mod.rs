//! Paired differences of two runs, searches or seeds on the days that both predicted: `cargo xp compare`.

mod differences;
mod error;
mod markdown;
mod model;
mod pairs;
mod samples;
mod select;

use std::path::Path;

use super::{
    differences::{differing, question},
    flags,
};
use crate::{LOG, RUNS, log, record};

pub use error::CompareError;
pub use markdown::markdown;
pub use model::{Comparison, Mean, Measure, Pair, Region, Side};

/// Compares A with B: each the name of an experiment, with `@` and a number one of its seeds, or a run id. Validation is compared always, test
/// where all runs of both were evaluated on it.
pub fn compare(workspace: &Path, a: &str, b: &str) -> Result<Comparison, CompareError> {
    let runs = flags::with_records(log::read(&workspace.join(LOG))?, |row| {
        record::read(&workspace.join(RUNS), &row.run_id, &row.experiment)
    });
    let (ours, theirs) = (select::runs(&runs, a)?, select::runs(&runs, b)?);
    samples::same_question(a, &ours, b, &theirs)?;
    let (pairs, unpaired) = pairs::pairs(a, &ours, b, &theirs)?;
    let specs: Option<Vec<_>> = [&ours, &theirs]
        .into_iter()
        .map(|runs| Some(question(runs.last()?.spec()?, &[])))
        .collect();
    let mut regions = Vec::new();
    for region in samples::REGIONS {
        if let Some(common) = samples::common(region, &pairs)? {
            regions.push(differences::region(common, &pairs));
        }
    }
    let mut notes = unpaired;
    notes.extend(
        [(a, &ours), (b, &theirs)]
            .into_iter()
            .flat_map(|(name, runs)| select::notes(name, runs)),
    );
    Ok(Comparison {
        a: select::side(a, &ours),
        b: select::side(b, &theirs),
        differs_in: specs.map(|specs| differing(&specs)),
        regions,
        notes,
    })
}
