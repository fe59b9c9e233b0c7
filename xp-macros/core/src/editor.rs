//! What an editor needs of an expansion: keys and names again, with their spans, as paths to their meaning, so that a wrong experiment,
//! too, completes, shows and jumps. Under `cfg(rust_analyzer)`: rustc never sees it, so that no second error can follow from it.

use std::path::Path;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::{
    source::Source,
    syntax::{Map, Node},
};

/// Paths for all keys and names of an experiment, and a module for each search that it borrows from.
pub(crate) fn mentions(map: &Map, source: &Source) -> TokenStream {
    let mut found = Found::default();
    found.map(map, "experiment");
    let paths = found.paths.iter().map(|(section, name)| {
        // The name alone has the user's span: with more, an editor would offer several targets.
        let section = Ident::new(section, Span::call_site());
        quote!(::xp_runtime::vocabulary::#section::#name)
    });
    let folder = source.file.as_deref().and_then(Path::parent);
    let searches = found.searches.iter().filter_map(|name| {
        let file = folder?.join(format!("{name}.rs"));
        let file = file.to_str().filter(|_| file.is_file())?;
        Some(quote! {
            #[cfg(rust_analyzer)]
            #[path = #file]
            #[allow(non_snake_case)]
            mod #name;
        })
    });
    quote! {
        #[allow(unexpected_cfgs, reason = "set by rust-analyzer alone")]
        const _: () = {
            #[cfg(rust_analyzer)]
            const _: &[&str] = &[#(#paths),*];
            #(#searches)*
        };
    }
}

#[derive(Default)]
struct Found<'a> {
    /// Section of the vocabulary and name in it.
    paths: Vec<(&'static str, &'a Ident)>,
    /// Names of searches.
    searches: Vec<&'a Ident>,
}

impl<'a> Found<'a> {
    fn map(&mut self, map: &'a Map, section: &'static str) {
        for (key, node) in &map.entries {
            self.paths.push((section, key));
            let inner = match key.to_string().as_str() {
                "split" => "split",
                "patch" => "patch",
                "training" => "training",
                "thermal" => "thermal",
                "pruner" => "pruner",
                "architecture" => "architecture",
                "allow" => "allow",
                _ => "hyperparameters",
            };
            self.node(node, inner);
        }
    }

    fn node(&mut self, node: &'a Node, section: &'static str) {
        match node {
            // Not a path: a keyword of Rust.
            Node::Name(name) if name == "true" || name == "false" => {}
            Node::Name(name) => self.paths.push(("names", name)),
            Node::Call(name, arguments) => {
                self.paths.push(("names", name));
                let borrows = name == "best" || name == "between";
                for argument in arguments {
                    match argument {
                        Node::Name(search) if borrows => self.searches.push(search),
                        other => self.node(other, section),
                    }
                }
            }
            Node::List(items, _) => {
                for item in items {
                    self.node(item, section);
                }
            }
            Node::Map(map) => self.map(map, section),
            Node::Keyed(name, map) => {
                self.paths.push(("names", name));
                let inner = if name == "revin" { "revin" } else { section };
                self.map(map, inner);
            }
            Node::Block(name, map) => {
                self.paths.push(("names", name));
                let inner = match name.to_string().as_str() {
                    "hpo" => "hpo",
                    "train" => "train",
                    _ => section,
                };
                self.map(map, inner);
            }
            Node::Text(..) | Node::Whole(..) | Node::Real(..) | Node::Broken(_) => {}
        }
    }
}
