//! `experiment!` as a plain library: parse (recovering, all errors at once) → check (rules of `xp-spec`) → emit. The macro, the
//! command line and the tests call the same functions; it must never reach polars or libtorch.

mod check;
mod diagnostic;
mod editor;
mod emit;
mod explain;
mod file;
mod source;
mod syntax;

use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use proc_macro2::{Span, TokenStream};

pub use check::{Borrowed, Checked, ModelFacts};
pub use diagnostic::Diagnostic;
pub use explain::{Origin, Row, explain};
pub use source::Source;

use check::Scope;
use file::File;
use syntax::Map;

/// Expands the body of `experiment! { … }`.
pub fn expand(body: TokenStream, source: &Source) -> TokenStream {
    let mut errors = Vec::new();
    let file = source.text().and_then(|text| File::parse(&text).ok());
    if let Some(file) = &file {
        errors.extend(file.faults());
    }
    let map = syntax::parse(body, Span::call_site(), &mut errors);
    let mentions = editor::mentions(&map, source);
    match check::check(&map, source, Scope::WithSiblings, &mut errors) {
        Some(checked) if errors.is_empty() => emit::experiment(&checked, source, &mentions),
        _ => {
            in_order(&mut errors);
            let main = file
                .is_none_or(|file| !file.has_main() && (!file.is_crowded() || is_first(source)));
            emit::errors(&errors, &mentions, main)
        }
    }
}

/// Whether a file expands for the first time in this process: of several calls, one makes the `main` that the compiler wants.
fn is_first(source: &Source) -> bool {
    static SEEN: Mutex<Vec<Option<PathBuf>>> = Mutex::new(Vec::new());
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    let first = !seen.contains(&source.file);
    if first {
        seen.push(source.file.clone());
    }
    first
}

/// Sorts errors by where they stand.
fn in_order(errors: &mut [Diagnostic]) {
    errors.sort_by_key(|error| {
        let at = error.span.start();
        (at.line, at.column)
    });
}

/// The expansion of a call whose file or workspace cannot be found.
pub fn expand_without_source(reason: &str) -> TokenStream {
    let error = Diagnostic::new(Span::call_site(), reason)
        .help("an experiment lies in a workspace with data/manifest.yaml");
    emit::errors(&[error], &TokenStream::new(), true)
}

/// Checks an experiment's file without rustc, other experiments included; all faults are returned at once, in order of the text. The
/// error of a file without a call says so.
pub fn analyse_file(text: &str, source: &Source) -> Result<Checked, Vec<Diagnostic>> {
    analyse(text, source, Scope::WithSiblings).map(|(checked, _)| checked)
}

pub(crate) fn analyse_alone(text: &str, source: &Source) -> Option<Checked> {
    let (checked, _) = analyse(text, source, Scope::Alone).ok()?;
    Some(checked)
}

/// Checks a file and returns its call's body with the result.
pub(crate) fn analyse(
    text: &str,
    source: &Source,
    scope: Scope,
) -> Result<(Checked, Map), Vec<Diagnostic>> {
    let file = File::parse(text).map_err(|error| vec![error])?;
    let mut errors = file.faults();
    let Some((body, span)) = file.call() else {
        return Err(errors);
    };
    let map = syntax::parse(body, span, &mut errors);
    match check::check(&map, source, scope, &mut errors) {
        Some(checked) if errors.is_empty() => Ok((checked, map)),
        _ => {
            in_order(&mut errors);
            Err(errors)
        }
    }
}

/// The body of a file's one call, without its meaning.
pub(crate) fn body_of(text: &str) -> Option<Map> {
    let (body, span) = File::parse(text).ok()?.call()?;
    Some(syntax::parse(body, span, &mut Vec::new()))
}
