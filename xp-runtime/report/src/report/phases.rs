//! The phases of a report in their order.

use std::collections::BTreeMap;

use super::{
    phase::Phase,
    run::{Run, phase_of},
};

/// What the report says of the order.
pub(super) const ORDER: &str = "Phases are in the order of their number, the data sets of a phase in the order of their first run.";

/// A data set's runs.
type OfData<'a> = (Option<&'a str>, Vec<&'a Run>);

/// Each phase and data set, in [`ORDER`]; a phase without a number comes last.
pub(super) fn phases(runs: &[Run]) -> Vec<Phase<'_>> {
    let mut found: BTreeMap<(u16, String), Vec<OfData<'_>>> = BTreeMap::new();
    for run in runs {
        let name = phase_of(&run.row);
        let sets = found.entry((number(&name), name)).or_default();
        let data = run.data.as_deref();
        match sets.iter_mut().find(|(other, _)| *other == data) {
            Some((_, runs)) => runs.push(run),
            None => sets.push((data, vec![run])),
        }
    }
    let sets = found
        .iter()
        .flat_map(|((_, name), sets)| sets.iter().map(move |set| (name, set)));
    sets.map(|(name, (data, runs))| Phase::new(name, *data, runs))
        .collect()
}

/// `phase10b` has the number 10.
fn number(phase: &str) -> u16 {
    let digits: String = phase
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    let is_numbered = phase.starts_with("phase");
    digits
        .parse()
        .ok()
        .filter(|_| is_numbered)
        .unwrap_or(u16::MAX)
}
