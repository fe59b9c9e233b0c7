//! What a lint has found in a right experiment: a warning on a token, unless the experiment allows it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::diagnostic::Diagnostic;

/// A finding of a lint.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The lint's name.
    pub lint: &'static str,
    /// Where and what, with what to do.
    pub diagnostic: Diagnostic,
    /// Why it is meant, where the experiment allows it.
    pub reason: Option<String>,
}

impl Finding {
    /// What was found, in one line.
    pub fn message(&self) -> &str {
        &self.diagnostic.headline
    }

    /// The warning as rustc would print it without a frame: `path:line:column: warning: …`.
    pub fn located(&self, path: &str) -> String {
        let severity = format!("warning: {}", self.lint);
        self.diagnostic.located_as(&severity, path)
    }

    /// A warning of rustc on the token; none where the experiment allows the lint. Stable Rust has no way for a macro to warn but the use
    /// of something deprecated: the lint's name is that of a constant, the message its note. `-D warnings` makes it an error.
    pub(crate) fn to_warning(&self) -> Option<TokenStream> {
        if self.reason.is_some() {
            return None;
        }
        let message = self.diagnostic.message();
        let name = Ident::new(self.lint, Span::call_site());
        // The whole path has the token's span: of several, rustc would show the first.
        let mut user = name.clone();
        user.set_span(self.diagnostic.span);
        let path = quote_spanned!(self.diagnostic.span => lint::#user);
        Some(quote! {
            const _: () = {
                mod lint {
                    #[deprecated(note = #message)]
                    #[allow(non_upper_case_globals, reason = "named as the lint is")]
                    pub(super) const #name: () = ();
                }
                const _: () = #path;
            };
        })
    }
}
