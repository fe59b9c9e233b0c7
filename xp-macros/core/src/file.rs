//! The file around a call: exactly one `experiment!`, and nothing else that could disable it or define its `main`.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

use crate::diagnostic::Diagnostic;

/// The items of an experiment's file.
pub(crate) struct File {
    /// Body and name of each call.
    calls: Vec<(TokenStream, Span)>,
    /// `main` of a function of its own.
    main: Option<Span>,
    /// `cfg` or `no_main` of an attribute.
    condition: Option<Span>,
    /// `allow` or `expect` of an attribute that hides the warnings of lints.
    silencer: Option<Span>,
}

impl File {
    /// Reads a file's text; the error has the position where it is not valid Rust.
    pub(crate) fn parse(text: &str) -> Result<Self, Diagnostic> {
        let tokens: TokenStream = text.parse().map_err(|error: proc_macro2::LexError| {
            Diagnostic::new(error.span(), "the file is not valid Rust")
                .help("close every bracket, brace and quote; outside of texts, plain letters only")
        })?;
        let tokens: Vec<_> = tokens.into_iter().collect();
        let call = |window: &[TokenTree]| match window {
            [
                TokenTree::Ident(name),
                TokenTree::Punct(bang),
                TokenTree::Group(body),
                ..,
            ] if name == "experiment" && bang.as_char() == '!' => {
                Some((body.stream(), name.span()))
            }
            _ => None,
        };
        let main = |pair: &[TokenTree]| match pair {
            [TokenTree::Ident(kind), TokenTree::Ident(name)] if kind == "fn" && name == "main" => {
                Some(name.span())
            }
            _ => None,
        };
        let condition = |token: &TokenTree| match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => {
                match group.stream().into_iter().next() {
                    Some(TokenTree::Ident(name))
                        if name == "cfg" || name == "cfg_attr" || name == "no_main" =>
                    {
                        Some(name.span())
                    }
                    _ => None,
                }
            }
            _ => None,
        };
        let silencer = |token: &TokenTree| {
            let TokenTree::Group(group) = token else {
                return None;
            };
            let mut inner = group.stream().into_iter();
            let (Some(TokenTree::Ident(name)), Some(TokenTree::Group(hidden))) =
                (inner.next(), inner.next())
            else {
                return None;
            };
            // Warnings of lints are uses of something deprecated.
            let hides = hidden.stream().into_iter().any(|token| {
                matches!(token, TokenTree::Ident(lint) if lint == "deprecated" || lint == "warnings")
            });
            let attribute = group.delimiter() == Delimiter::Bracket;
            (attribute && hides && (name == "allow" || name == "expect")).then(|| name.span())
        };
        Ok(Self {
            calls: tokens.windows(3).filter_map(call).collect(),
            main: tokens.windows(2).find_map(main),
            condition: tokens.iter().find_map(condition),
            silencer: tokens.iter().find_map(silencer),
        })
    }

    /// What is wrong around the call.
    pub(crate) fn faults(&self) -> Vec<Diagnostic> {
        let mut faults = Vec::new();
        match self.calls.as_slice() {
            [] => faults.push(
                Diagnostic::new(Span::call_site(), "the file has no `experiment!` call")
                    .help("one file, one call: see docs/dsl.md"),
            ),
            [_, second, ..] => faults.push(
                Diagnostic::new(second.1, "the file has more than one `experiment!` call")
                    .help("one file, one call"),
            ),
            [_] => {}
        }
        if let Some(span) = self.main.filter(|_| !self.calls.is_empty()) {
            faults.push(
                Diagnostic::new(
                    span,
                    "the file has a `main` of its own: `experiment!` generates one",
                )
                .help("remove `fn main`"),
            );
        }
        if let Some(span) = self.condition {
            faults.push(
                Diagnostic::new(span, "an attribute could disable the experiment")
                    .help("remove the attribute"),
            );
        }
        if let Some(span) = self.silencer {
            faults.push(
                Diagnostic::new(span, "an attribute hides the warnings of lints").help(
                    "remove the attribute; `allow: { lint: \"the reason\" }` in the experiment allows one",
                ),
            );
        }
        faults
    }

    /// Body and name of the one call; `None` where there are none or several.
    pub(crate) fn call(&self) -> Option<(TokenStream, Span)> {
        match self.calls.as_slice() {
            [call] => Some(call.clone()),
            _ => None,
        }
    }

    /// Whether it has several calls.
    pub(crate) fn has_several_calls(&self) -> bool {
        self.calls.len() > 1
    }

    /// Whether the file has a `main` of its own.
    pub(crate) fn has_main(&self) -> bool {
        self.main.is_some()
    }
}
