//! Collects what the code of each module points to, and makes the graph of the files.

use std::collections::HashSet;

use syn::{
    Item, Stmt,
    ext::IdentExt as _,
    visit::{self, Visit},
};

use super::{
    attributes::serde_paths,
    bindings::{declare, uses, variables},
    circle::Graph,
    resolution::Target,
    tokens::mentions,
    tree::{ModuleId, Scope, Tree},
};

/// Macros whose tokens are another crate's code.
const QUOTES: [&str; 4] = [
    "quote",
    "quote_spanned",
    "parse_quote",
    "parse_quote_spanned",
];

/// The imports between the files of a crate.
///
/// # Errors
/// Paths that point into the crate but to no item.
pub(crate) fn graph(tree: &Tree) -> Result<Graph, String> {
    let mut graph = Graph::new(tree.files.clone());
    let mut unresolved = Vec::new();
    for (module, content) in tree.modules.iter().enumerate() {
        if content.test {
            continue;
        }
        let mut reader = Reader {
            tree,
            module,
            blocks: Vec::new(),
            variables: HashSet::new(),
            graph: &mut graph,
            unresolved: &mut unresolved,
        };
        // A re-export is no import: who uses it is led on to the definition.
        for one in content.uses.iter().filter(|one| !one.public) {
            reader.point(&one.path);
        }
        for item in &content.items {
            reader.variables = variables(item);
            reader.visit_item(item);
        }
    }
    if unresolved.is_empty() {
        Ok(graph)
    } else {
        Err(unresolved.join("\n"))
    }
}

struct Reader<'a> {
    tree: &'a Tree,
    module: ModuleId,
    /// Scopes of the blocks around, the inner ones last.
    blocks: Vec<Scope>,
    /// Names of variables of the item: alone, they are no path.
    variables: HashSet<String>,
    graph: &'a mut Graph,
    unresolved: &'a mut Vec<String>,
}

impl Reader<'_> {
    fn point(&mut self, path: &[String]) {
        if path.first().is_none_or(|first| first == "Self") {
            return;
        }
        let from = self.tree.modules[self.module].file;
        let Ok(targets) = self.tree.resolve(self.module, &self.blocks, path) else {
            let file = &self.tree.files[from];
            self.unresolved
                .push(format!("{file}: {} cannot be resolved", path.join("::")));
            return;
        };
        let is_item = |target: &Target| matches!(target, Target::Item { .. });
        let has_item = targets.iter().any(is_item);
        for target in targets {
            match target {
                Target::Item { file, name, .. } => self.graph.add(from, file, &name),
                // `use build::build` wants the function, not a module of its name.
                Target::Module(_) if has_item => {}
                Target::Module(module) => {
                    let name = path.last().map_or("", String::as_str);
                    let file = self.tree.modules[module].file;
                    self.graph.add(from, file, name);
                }
            }
        }
    }

    /// A name alone, which may be a variable.
    fn point_to_name(&mut self, name: String) {
        if !self.variables.contains(&name) {
            self.point(&[name]);
        }
    }

    fn tokens(&mut self, tokens: proc_macro2::TokenStream) {
        for mention in mentions(tokens) {
            let name = &mention.path[0];
            let is_name = mention.path.len() == 1;
            let keyword = ["self", "super", "crate"].contains(&name.as_str());
            let is_type = name.starts_with(char::is_uppercase);
            if !is_name {
                self.point(&mention.path);
            } else if !keyword && (is_type || mention.called) {
                self.point_to_name(name.clone());
            }
        }
    }
}

fn segments(path: &syn::Path) -> Vec<String> {
    path.segments
        .iter()
        .map(|part| part.ident.unraw().to_string())
        .collect()
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names = segments(path);
        if path.leading_colon.is_none() && names != ["self"] {
            self.point(&names);
        }
        visit::visit_path(self, path);
    }

    fn visit_expr_path(&mut self, expression: &'ast syn::ExprPath) {
        match expression.path.get_ident() {
            Some(name) if self.variables.contains(&name.to_string()) => {}
            _ => visit::visit_expr_path(self, expression),
        }
    }

    /// A constant or a unit struct as a pattern.
    fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
        let name = pattern.ident.unraw().to_string();
        if name.starts_with(char::is_uppercase) && pattern.subpat.is_none() {
            self.point(&[name]);
        }
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        let mut scope = Scope::default();
        let mut imports = Vec::new();
        for statement in &block.stmts {
            let Stmt::Item(item) = statement else {
                continue;
            };
            if let Item::Use(item) = item {
                imports.extend(uses(item));
            }
            declare(item, self.tree.modules[self.module].file, &mut scope);
        }
        for one in &imports {
            self.point(&one.path);
            scope.import(one);
        }
        self.blocks.push(scope);
        visit::visit_block(self, block);
        self.blocks.pop();
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let names = segments(&call.path);
        let name = names.last().cloned().unwrap_or_default();
        match self.tree.macros.get(&name) {
            // By the order of the text, without a path.
            Some(file) if names.len() == 1 => {
                let from = self.tree.modules[self.module].file;
                self.graph.add(from, *file, &name);
            }
            _ => self.visit_path(&call.path),
        }
        if !QUOTES.contains(&name.as_str()) {
            self.tokens(call.tokens.clone());
        }
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        for path in serde_paths(attribute) {
            let names = segments(&path);
            // A function of the file itself, or a path.
            self.point(&names);
        }
        if let syn::Meta::List(list) = &attribute.meta {
            self.tokens(list.tokens.clone());
        }
    }

    fn visit_item(&mut self, item: &'ast Item) {
        // Modules and imports have been read; a block's are read with it.
        if !matches!(item, Item::Mod(_) | Item::Use(_)) {
            visit::visit_item(self, item);
        }
    }

    /// `pub(in path)` imports nothing.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}
}
