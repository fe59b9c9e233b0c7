//! `experiment!` as a plain library: parse (recovering, all errors at once) → check (rules of `xp-spec`) → emit. The macro, the
//! command line and the tests call the same functions; it must never reach polars or libtorch.

mod check;
mod diagnostic;
mod editor;
mod emit;
mod explain;
mod source;
mod syntax;

use proc_macro2::{Span, TokenStream, TokenTree};

pub use check::{Borrowed, Checked, ModelFacts};
pub use diagnostic::Diagnostic;
pub use explain::{Origin, Row, explain};
pub use source::Source;

use check::Scope;

/// Expands the body of `experiment! { … }`.
pub fn expand(body: TokenStream, source: &Source) -> TokenStream {
    let mut errors = Vec::new();
    let map = syntax::parse(body, Span::call_site(), &mut errors);
    let mentions = editor::mentions(&map, source);
    match check::check(&map, source, Scope::WithSiblings, &mut errors) {
        Some(checked) if errors.is_empty() => emit::experiment(&checked, source, &mentions),
        _ => emit::errors(&errors, &mentions),
    }
}

/// The expansion of a call whose file or workspace cannot be found.
pub fn expand_without_source(reason: &str) -> TokenStream {
    let error = Diagnostic::new(Span::call_site(), reason)
        .help("an experiment lies in a workspace with data/manifest.yaml");
    emit::errors(&[error], &TokenStream::new())
}

/// Checks an experiment's file without rustc, other experiments included; all faults are returned at once, in order of the text. The
/// error of a file without a call says so.
pub fn analyse_file(text: &str, source: &Source) -> Result<Checked, Vec<Diagnostic>> {
    let (body, span) = body_of(text).map_err(|error| vec![error])?;
    analyse_in(body, span, source, Scope::WithSiblings)
}

pub(crate) fn analyse_alone(text: &str, source: &Source) -> Option<Checked> {
    let (body, span) = body_of(text).ok()?;
    analyse_in(body, span, source, Scope::Alone).ok()
}

fn analyse_in(
    body: TokenStream,
    span: Span,
    source: &Source,
    scope: Scope,
) -> Result<Checked, Vec<Diagnostic>> {
    let mut errors = Vec::new();
    let map = syntax::parse(body, span, &mut errors);
    let checked = check::check(&map, source, scope, &mut errors);
    match checked {
        Some(checked) if errors.is_empty() => Ok(checked),
        _ => Err(errors),
    }
}

/// The tokens inside the one `experiment! { … }` of a file, and the call's name.
fn body_of(text: &str) -> Result<(TokenStream, Span), Diagnostic> {
    let file: TokenStream = text.parse().map_err(|error: proc_macro2::LexError| {
        Diagnostic::new(error.span(), format!("the file is no Rust: {error}"))
    })?;
    let tokens: Vec<_> = file.into_iter().collect();
    let mut calls = tokens.windows(3).filter_map(|window| match window {
        [
            TokenTree::Ident(name),
            TokenTree::Punct(bang),
            TokenTree::Group(body),
        ] if name == "experiment" && bang.as_char() == '!' => Some((body.stream(), name.span())),
        _ => None,
    });
    let first = calls.next().ok_or_else(|| {
        Diagnostic::new(Span::call_site(), "the file has no `experiment!` call")
            .help("one file, one call: see docs/dsl.md")
    })?;
    match calls.next() {
        Some(_) => Err(Diagnostic::new(
            Span::call_site(),
            "the file has more than one `experiment!` call",
        )
        .help("one file, one call")),
        None => Ok(first),
    }
}
