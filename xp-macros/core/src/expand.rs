//! Expands the body of a call: the experiment where it is right, else its errors.

use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use proc_macro2::{Span, TokenStream};

use crate::{
    check::check,
    diagnostic::{Diagnostic, in_order},
    editor, emit,
    file::File,
    source::Source,
    syntax::parse,
};

/// Expands the body of `experiment! { … }`.
pub fn expand(body: TokenStream, source: &Source) -> TokenStream {
    let mut errors = Vec::new();
    let file = source.text().and_then(|text| File::parse(&text).ok());
    if let Some(file) = &file {
        errors.extend(file.faults());
    }
    let map = parse(body, Span::call_site(), &mut errors);
    let mentions = editor::mentions(&map, source);
    match check(&map, source, &mut errors) {
        Some(checked) => emit::experiment(&checked, source, &mentions),
        None => {
            in_order(&mut errors);
            let main = file.is_none_or(|file| {
                !file.has_main() && (!file.has_several_calls() || is_first(source))
            });
            emit::errors(&errors, &mentions, main)
        }
    }
}

/// The expansion of a call whose file or workspace cannot be found.
pub fn expand_without_source(reason: &str) -> TokenStream {
    let error = Diagnostic::new(Span::call_site(), reason)
        .help("an experiment must be in a workspace with data/manifest.yaml");
    emit::errors(&[error], &TokenStream::new(), true)
}

/// Whether a file expands for the first time in this process: of several calls, one generates the `main` that the compiler needs.
fn is_first(source: &Source) -> bool {
    static SEEN: Mutex<Vec<Option<PathBuf>>> = Mutex::new(Vec::new());
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    let first = !seen.contains(&source.file);
    if first {
        seen.push(source.file.clone());
    }
    first
}
