//! Checks an experiment's file from its text, without rustc.

use crate::{
    check::check,
    checked::Checked,
    diagnostic::{Diagnostic, in_order},
    file::File,
    source::Source,
    syntax::{Map, parse},
};

/// Checks an experiment's file without rustc, other experiments included; all faults are returned at once, in order of the text. The
/// error of a file without a call says so.
pub fn analyse_file(text: &str, source: &Source) -> Result<Checked, Vec<Diagnostic>> {
    analyse(text, source).map(|(checked, _)| checked)
}

/// Checks a file and returns its call's body with the result.
pub(crate) fn analyse(text: &str, source: &Source) -> Result<(Checked, Map), Vec<Diagnostic>> {
    let file = File::parse(text).map_err(|error| vec![error])?;
    let mut errors = file.faults();
    let Some((body, span)) = file.call() else {
        return Err(errors);
    };
    let map = parse(body, span, &mut errors);
    match check(&map, source, &mut errors) {
        Some(checked) => Ok((checked, map)),
        None => {
            in_order(&mut errors);
            Err(errors)
        }
    }
}
