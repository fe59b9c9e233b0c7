//! The module tree of a crate: what each module declares and imports. It only holds data: reading and resolution are elsewhere.

use std::collections::HashMap;

pub(crate) type ModuleId = usize;

/// All modules of a crate, the root first.
#[derive(Default)]
pub(crate) struct Tree {
    /// Paths of the files, as in the sources.
    pub(crate) files: Vec<String>,
    pub(crate) modules: Vec<Module>,
    /// File of each `macro_rules!` of the crate by name: such macros are visible by the order of the text.
    pub(crate) macros: HashMap<String, usize>,
}

pub(crate) struct Module {
    /// Index into [`Tree::files`].
    pub(crate) file: usize,
    pub(crate) parent: Option<ModuleId>,
    pub(crate) scope: Scope,
    pub(crate) uses: Vec<Use>,
    /// Items but modules and `use`.
    pub(crate) items: Vec<syn::Item>,
    /// A macro declares items here that are not known.
    pub(crate) has_macros: bool,
    /// Under `#[cfg(test)]`.
    pub(crate) test: bool,
}

/// Names that a module or a block declares or imports.
#[derive(Default)]
pub(crate) struct Scope {
    pub(crate) names: HashMap<String, Vec<Binding>>,
    /// Modules or enums whose names are imported.
    pub(crate) globs: Vec<Vec<String>>,
}

#[derive(Debug, Clone)]
pub(crate) enum Binding {
    /// Defined in this file; whether it can be followed by `::`.
    Item {
        file: usize,
        is_type: bool,
    },
    Module(ModuleId),
    /// Imported by this path.
    Import(Vec<String>),
}

/// One path of a `use`.
#[derive(Debug, Clone)]
pub(crate) struct Use {
    pub(crate) path: Vec<String>,
    /// The name it gets; absent for `*` and `_`.
    pub(crate) name: Option<String>,
    pub(crate) glob: bool,
    pub(crate) public: bool,
}

impl Scope {
    pub(crate) fn declare(&mut self, name: impl ToString, binding: Binding) {
        self.names
            .entry(name.to_string())
            .or_default()
            .push(binding);
    }

    pub(crate) fn import(&mut self, one: &Use) {
        if one.glob {
            self.globs.push(one.path.clone());
        } else if let Some(name) = &one.name {
            self.declare(name, Binding::Import(one.path.clone()));
        }
    }
}
