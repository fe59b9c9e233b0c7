//! `experiment!`: validates an experiment at build time and expands to its run. A shim: the work is `xp-macros-core`'s.

use std::path::PathBuf;

use proc_macro::{Span, TokenStream};
use xp_macros_core::{Source, expand_without_source};

/// Declares one experiment; the grammar is in docs/dsl.md.
#[proc_macro]
pub fn experiment(body: TokenStream) -> TokenStream {
    let body = proc_macro2::TokenStream::from(body);
    match source() {
        Some(source) => xp_macros_core::expand(body, &source).into(),
        None => expand_without_source("there is no data/manifest.yaml above this file").into(),
    }
}

/// The file of the call. rust-analyzer provides neither it nor the binary's name: there it follows from package folder and crate name.
fn source() -> Option<Source> {
    if let Some(source) = Span::call_site()
        .local_file()
        .and_then(|file| Source::of(&file))
    {
        return Some(source);
    }
    let folder = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR")?);
    let binary = std::env::var("CARGO_BIN_NAME")
        .or_else(|_| std::env::var("CARGO_CRATE_NAME"))
        .ok()?;
    Source::of(&folder.join("src/bin").join(format!("{binary}.rs")))
}
