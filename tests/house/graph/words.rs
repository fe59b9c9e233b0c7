//! All words of a file's code: identifiers, those in macros too, but not those of attributes, comments and tests.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

use super::{attributes::is_test, code::parse};

/// In the order of the text.
///
/// # Errors
/// Where the text does not parse.
pub(crate) fn words(text: &str) -> syn::Result<Vec<String>> {
    let mut found = Words(Vec::new());
    found.visit_file(&parse(text)?);
    Ok(found.0)
}

struct Words(Vec<String>);

impl Words {
    fn tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Ident(word) => self.0.push(word.to_string()),
                TokenTree::Group(group) => self.tokens(group.stream()),
                _ => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Words {
    fn visit_ident(&mut self, word: &'ast proc_macro2::Ident) {
        self.0.push(word.to_string());
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.tokens(call.tokens.clone());
        visit::visit_macro(self, call);
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if !is_test(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}
}
