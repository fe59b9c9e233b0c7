//! What an item declares or imports, as names of a scope: of a module or of a block.

use std::collections::HashSet;

use syn::{
    Item, UseTree, Visibility,
    ext::IdentExt as _,
    visit::{self, Visit},
};

use super::tree::{Binding, Scope, Use};

/// All paths of a `use`.
pub(crate) fn uses(item: &syn::ItemUse) -> Vec<Use> {
    let mut found = Vec::new();
    // `::name` is another crate.
    if item.leading_colon.is_none() {
        let public = !matches!(item.vis, Visibility::Inherited);
        flatten(&item.tree, &mut Vec::new(), public, &mut found);
    }
    found
}

fn flatten(tree: &UseTree, path: &mut Vec<String>, public: bool, found: &mut Vec<Use>) {
    let mut leaf = |path: Vec<String>, name: Option<String>, glob| {
        found.push(Use {
            path,
            name,
            glob,
            public,
        });
    };
    match tree {
        UseTree::Path(part) => {
            path.push(part.ident.unraw().to_string());
            flatten(&part.tree, path, public, found);
            path.pop();
        }
        UseTree::Name(part) => {
            let name = part.ident.unraw().to_string();
            // `use a::{self}` imports `a`.
            if name != "self" || path.is_empty() {
                path.push(name);
                leaf(path.clone(), path.last().cloned(), false);
                path.pop();
            } else {
                leaf(path.clone(), path.last().cloned(), false);
            }
        }
        UseTree::Rename(part) => {
            let mut path = path.clone();
            if part.ident != "self" || path.is_empty() {
                path.push(part.ident.unraw().to_string());
            }
            let name = part.rename.unraw().to_string();
            leaf(path, (name != "_").then_some(name), false);
        }
        UseTree::Glob(_) => leaf(path.clone(), None, true),
        UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, path, public, found);
            }
        }
    }
}

/// Declares what an item defines in a file; modules and `use` are left to the callers.
pub(crate) fn declare(item: &Item, file: usize, scope: &mut Scope) {
    let (name, is_type) = match item {
        Item::Const(item) => (&item.ident, false),
        Item::Static(item) => (&item.ident, false),
        Item::Fn(item) => (&item.sig.ident, false),
        Item::Enum(item) => (&item.ident, true),
        Item::Struct(item) => (&item.ident, true),
        Item::Union(item) => (&item.ident, true),
        Item::Trait(item) => (&item.ident, true),
        Item::TraitAlias(item) => (&item.ident, true),
        Item::Type(item) => (&item.ident, true),
        Item::Macro(item) => match &item.ident {
            Some(name) => (name, false),
            None => return,
        },
        _ => return,
    };
    scope.declare(name.unraw(), Binding::Item { file, is_type });
}

/// Names of variables of an item: arguments, `let`, patterns. What begins with a capital in a pattern is a constant.
pub(crate) fn variables(item: &Item) -> HashSet<String> {
    let mut found = Variables::default();
    found.visit_item(item);
    found.0
}

#[derive(Default)]
struct Variables(HashSet<String>);

impl<'ast> Visit<'ast> for Variables {
    fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
        let name = pattern.ident.to_string();
        if !name.starts_with(char::is_uppercase) {
            self.0.insert(name);
        }
        visit::visit_pat_ident(self, pattern);
    }
}
