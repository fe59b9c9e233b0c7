//! Checks of an experiment's fields together, and against other experiments. The rules themselves are `xp-spec`'s; here they get the
//! tokens to blame.
//!
//! **To add a check**, write a file with one function and add its line to the list of its kind:
//!
//! | kind | function | list |
//! |---|---|---|
//! | of an experiment by itself | `check(&Resolved) -> Vec<Diagnostic>` | [`CHECKS`] |
//! | against other experiments, where all is right by itself | `check(&Candidate) -> Vec<Diagnostic>` | [`SIBLING_CHECKS`] |
//!
//! Its cases are rows of `tests/mistakes.txt`, or a test of `tests/siblings.rs`.
//!
//! A field's own type, name and range are read, and refused, in `resolve`. A check reports on the smallest wrong token, and nothing
//! where a value that it needs is unknown: that was reported. Messages on one token are shown in the order of the list.

mod accumulation;
mod borrowed_steps;
mod borrowing;
mod candidate;
mod difference;
mod duplicates;
mod exclusions;
mod minima;
mod name;
mod normalisation;
mod patching;
mod sources;
mod steps;
mod trials;
mod unconsumed;

use xp_spec::hash::borrowing_hash;

use crate::{
    checked::Checked,
    diagnostic::Diagnostic,
    file::File,
    lint::findings,
    resolve::{Resolved, resolve},
    siblings::Siblings,
    source::Source,
    syntax::{Map, parse},
};
use candidate::Candidate;

/// Checks of an experiment by itself.
const CHECKS: &[fn(&Resolved<'_>) -> Vec<Diagnostic>] = &[
    minima::check,
    patching::check,
    normalisation::check,
    unconsumed::check,
    steps::check,
    exclusions::check,
    trials::check,
    name::check,
    accumulation::check,
    sources::check,
];

/// Checks against other experiments.
const SIBLING_CHECKS: &[fn(&Candidate<'_>) -> Vec<Diagnostic>] =
    &[borrowing::check, borrowed_steps::check, duplicates::check];

/// Checks an experiment, also against its siblings; all faults are reported at once, and the result is there if there are none.
pub(crate) fn check(map: &Map, source: &Source, errors: &mut Vec<Diagnostic>) -> Option<Checked> {
    let resolved = resolve(map, source, Siblings::of(source), errors)?;
    let mut checked = by_itself(&resolved, errors)?;
    checked.findings = findings(&resolved, &checked);
    let Some(siblings) = &resolved.siblings else {
        return Some(checked);
    };
    let candidate = Candidate::new(&resolved, &checked, siblings, check_single);
    errors.extend(SIBLING_CHECKS.iter().flat_map(|check| check(&candidate)));
    let borrowed = candidate.borrowed();
    // What borrows nothing has its hash, which costs most of a check.
    if !borrowed.is_empty() {
        let hashes: Vec<_> = borrowed.iter().map(|search| search.hash.as_str()).collect();
        checked.hash = borrowing_hash(&checked.experiment, &hashes);
        checked.borrowed = borrowed;
    }
    errors.is_empty().then_some(checked)
}

/// An experiment that is right without a look at others.
fn by_itself(resolved: &Resolved<'_>, errors: &mut Vec<Diagnostic>) -> Option<Checked> {
    errors.extend(CHECKS.iter().flat_map(|check| check(resolved)));
    if errors.is_empty() {
        resolved.checked()
    } else {
        None
    }
}

/// Checks a sibling's text by itself.
fn check_single(text: &str, source: &Source) -> Option<Checked> {
    let file = File::parse(text).ok()?;
    let mut errors = file.faults();
    let (body, span) = file.call()?;
    let map = parse(body, span, &mut errors);
    let resolved = resolve(&map, source, None, &mut errors)?;
    by_itself(&resolved, &mut errors)
}
