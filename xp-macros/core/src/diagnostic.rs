//! The one kind of error a user of the macro sees: a headline on the smallest wrong token, then help, notes and a file position.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use xp_spec::files::FileError;

/// A fault in an experiment.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// The smallest wrong token.
    pub span: Span,
    /// Lower case, no full stop, names in backticks.
    pub headline: String,
    /// What to do.
    pub help: Vec<String>,
    /// What else is known.
    pub notes: Vec<String>,
    /// Another file that is at fault, `path:line:column`.
    pub at: Option<String>,
}

impl Diagnostic {
    /// An error on a token.
    pub fn new(span: Span, headline: impl Into<String>) -> Self {
        Self {
            span,
            headline: headline.into(),
            help: Vec::new(),
            notes: Vec::new(),
            at: None,
        }
    }

    /// An error of the whole file of an experiment.
    pub fn file_itself(headline: impl Into<String>) -> Self {
        Self::new(Span::call_site(), headline)
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Adds what else is known.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// An error in a file that the token names.
    pub fn file(span: Span, error: &FileError) -> Self {
        let mut diagnostic = Self::new(span, error.what.clone());
        diagnostic.help.extend(error.remedy.clone());
        diagnostic.at = Some(match error.position {
            Some((line, column)) => format!("{}:{line}:{column}", error.path.display()),
            None => error.path.display().to_string(),
        });
        diagnostic
    }

    /// The whole message, without the position of the token.
    pub fn message(&self) -> String {
        let mut text = self.headline.clone();
        for help in &self.help {
            text.push_str(&format!("\nhelp: {help}"));
        }
        for note in &self.notes {
            text.push_str(&format!("\nnote: {note}"));
        }
        if let Some(at) = &self.at {
            text.push_str(&format!("\n--> {at}"));
        }
        text
    }

    /// The message as rustc would print it without a frame: `path:line:column: error: …`, help and notes indented below.
    pub fn located(&self, path: &str) -> String {
        self.located_as("error", path)
    }

    /// The same with another word than `error`.
    pub(crate) fn located_as(&self, severity: &str, path: &str) -> String {
        let at = self.span.start();
        format!(
            "{path}:{}:{}: {severity}: {}\n",
            at.line,
            at.column + 1,
            self.message().replace('\n', "\n  ")
        )
    }

    /// `compile_error!` on the token.
    pub fn to_compile_error(&self) -> TokenStream {
        let message = self.message();
        quote_spanned!(self.span => ::core::compile_error! { #message })
    }
}

/// Errors of a file that are reported at most.
const MOST_ERRORS: usize = 200;

/// Sorts errors by position, and leaves out what nobody would read.
pub(crate) fn in_order(errors: &mut Vec<Diagnostic>) {
    errors.sort_by_key(|error| {
        let at = error.span.start();
        (at.line, at.column)
    });
    if let Some(span) = errors.get(MOST_ERRORS).map(|error| error.span) {
        let more = errors.len() - MOST_ERRORS;
        errors.truncate(MOST_ERRORS);
        errors.push(Diagnostic::new(
            span,
            format!("{more} more errors are not shown"),
        ));
    }
}
