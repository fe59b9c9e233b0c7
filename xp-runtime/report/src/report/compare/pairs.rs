//! Which runs are compared with each other.

use super::error::CompareError;
use crate::report::run::Run;

/// Two runs, of A and of B.
pub(super) type Two<'a> = (&'a Run, &'a Run);

/// Runs of equal seeds; a single run with each of the other side's where it shares no seed or is of another kind. Also what is left out.
pub(super) fn pairs<'a>(
    a: &str,
    ours: &[&'a Run],
    b: &str,
    theirs: &[&'a Run],
) -> Result<(Vec<Two<'a>>, Vec<String>), CompareError> {
    if let (&[one], &[other]) = (ours, theirs) {
        return Ok((vec![(one, other)], Vec::new()));
    }
    let kind = |runs: &[&Run]| runs.first().map(|run| run.row.run_type.clone());
    let by_seed: Vec<Two<'_>> = ours
        .iter()
        .filter_map(|one| {
            let same = theirs.iter().find(|other| other.row.seed == one.row.seed);
            Some((*one, *same?))
        })
        .collect();
    if kind(ours) == kind(theirs) && !by_seed.is_empty() {
        let mut notes = Vec::new();
        for (name, runs) in [(a, ours), (b, theirs)] {
            let paired = |run: &&&Run| {
                by_seed
                    .iter()
                    .any(|(one, other)| std::ptr::eq(*one, **run) || std::ptr::eq(*other, **run))
            };
            let left: Vec<String> = runs.iter().filter(|run| !paired(run)).map(seed).collect();
            if !left.is_empty() {
                notes.push(format!(
                    "{name}: seed {} has no partner and is left out",
                    left.join(", ")
                ));
            }
        }
        return Ok((by_seed, notes));
    }
    match (ours, theirs) {
        (&[one], many) => Ok((many.iter().map(|other| (one, *other)).collect(), Vec::new())),
        (many, &[other]) => Ok((many.iter().map(|one| (*one, other)).collect(), Vec::new())),
        _ => Err(CompareError::NoCommonSeed {
            a: a.to_owned(),
            b: b.to_owned(),
            ours: seeds(ours),
            theirs: seeds(theirs),
            first: ours.iter().find_map(|run| run.row.seed).unwrap_or_default(),
        }),
    }
}

fn seed(run: &&Run) -> String {
    run.row
        .seed
        .map_or_else(|| "unknown".to_owned(), |seed| seed.to_string())
}

fn seeds(runs: &[&Run]) -> String {
    runs.iter().map(seed).collect::<Vec<_>>().join(", ")
}
