//! Builds the module tree of a crate from the texts of its files. It reads no folder: tests give it texts of their own.

use std::collections::BTreeMap;

use syn::{Item, ext::IdentExt as _};

use super::{
    attributes::{is_test, path},
    bindings::{declare, uses},
    code::parse,
    tree::{Binding, Module, ModuleId, Scope, Tree},
};

/// Texts of files by path, with `/` between folders.
pub(crate) type Sources = BTreeMap<String, String>;

/// Reads a crate from its root file, such as `lib.rs`.
///
/// # Errors
/// A file that is absent or does not parse.
pub(crate) fn read(sources: &Sources, root: &str) -> Result<Tree, String> {
    let mut reader = Reader {
        sources,
        tree: Tree::default(),
    };
    reader.file(root, None, true, false)?;
    Ok(reader.tree)
}

struct Reader<'a> {
    sources: &'a Sources,
    tree: Tree,
}

/// Where the modules of a module have their files.
#[derive(Clone)]
struct Folders {
    /// Of `mod x;`.
    children: String,
    /// Of `#[path = "x.rs"]`.
    of_path: String,
}

impl Reader<'_> {
    /// Reads a file as a module; `owns_folder` where its modules lie beside it.
    fn file(
        &mut self,
        path: &str,
        parent: Option<ModuleId>,
        owns_folder: bool,
        test: bool,
    ) -> Result<ModuleId, String> {
        let text = self
            .sources
            .get(path)
            .ok_or_else(|| format!("{path} is absent"))?;
        let parsed = parse(text).map_err(|cause| format!("{path}: {cause}"))?;
        let of_path = folder(path).to_owned();
        let folders = Folders {
            children: if owns_folder {
                of_path.clone()
            } else {
                path.trim_end_matches(".rs").to_owned()
            },
            of_path,
        };
        self.tree.files.push(path.to_owned());
        let file = self.tree.files.len() - 1;
        let module = self.module(file, parent, test || is_test(&parsed.attrs));
        self.items(module, parsed.items, &folders)?;
        Ok(module)
    }

    fn module(&mut self, file: usize, parent: Option<ModuleId>, test: bool) -> ModuleId {
        self.tree.modules.push(Module {
            file,
            parent,
            scope: Scope::default(),
            uses: Vec::new(),
            items: Vec::new(),
            has_macros: false,
            test,
        });
        self.tree.modules.len() - 1
    }

    fn items(
        &mut self,
        module: ModuleId,
        items: Vec<Item>,
        folders: &Folders,
    ) -> Result<(), String> {
        for item in items {
            match item {
                Item::Mod(child) => self.child(module, child, folders)?,
                Item::Use(item) => {
                    let uses = uses(&item);
                    let module = &mut self.tree.modules[module];
                    for one in &uses {
                        module.scope.import(one);
                    }
                    module.uses.extend(uses);
                }
                Item::Macro(item) => self.item_macro(module, item, folders)?,
                item => {
                    let module = &mut self.tree.modules[module];
                    declare(&item, module.file, &mut module.scope);
                    module.items.push(item);
                }
            }
        }
        Ok(())
    }

    /// `mod x;` or `mod x { … }`. A module for tests is read, since its files belong to the crate, but is not visible to other modules.
    fn child(
        &mut self,
        module: ModuleId,
        item: syn::ItemMod,
        folders: &Folders,
    ) -> Result<(), String> {
        let test = self.tree.modules[module].test || is_test(&item.attrs);
        let name = item.ident.unraw().to_string();
        let below = format!("{}{name}", slash(&folders.children));
        let child = match (item.content, path(&item.attrs)) {
            (Some((_, items)), named) => {
                let file = self.tree.modules[module].file;
                let child = self.module(file, Some(module), test);
                let children = named.map_or(below, |path| normal(&folders.of_path, &path));
                let folders = Folders {
                    of_path: children.clone(),
                    children,
                };
                self.items(child, items, &folders)?;
                child
            }
            (None, Some(path)) => {
                let path = normal(&folders.of_path, &path);
                self.file(&path, Some(module), true, test)?
            }
            (None, None) => {
                let inside = format!("{below}/mod.rs");
                if self.sources.contains_key(&inside) {
                    self.file(&inside, Some(module), true, test)?
                } else {
                    self.file(&format!("{below}.rs"), Some(module), false, test)?
                }
            }
        };
        if !test {
            let scope = &mut self.tree.modules[module].scope;
            scope.declare(name, Binding::Module(child));
        }
        Ok(())
    }

    /// `macro_rules!`, or a macro that declares items: they are read where its tokens are Rust.
    fn item_macro(
        &mut self,
        module: ModuleId,
        mut item: syn::ItemMacro,
        folders: &Folders,
    ) -> Result<(), String> {
        let file = self.tree.modules[module].file;
        if let Some(name) = &item.ident {
            let name = name.unraw().to_string();
            let exported = item
                .attrs
                .iter()
                .any(|attribute| attribute.path().is_ident("macro_export"));
            if exported {
                let scope = &mut self.tree.modules[0].scope;
                scope.declare(
                    &name,
                    Binding::Item {
                        file,
                        is_type: false,
                    },
                );
            }
            let scope = &mut self.tree.modules[module].scope;
            scope.declare(
                &name,
                Binding::Item {
                    file,
                    is_type: false,
                },
            );
            self.tree.macros.insert(name, file);
        } else if let Ok(inner) = syn::parse2::<syn::File>(item.mac.tokens.clone()) {
            item.mac.tokens = Default::default();
            self.items(module, inner.items, folders)?;
        } else {
            self.tree.modules[module].has_macros = true;
        }
        self.tree.modules[module].items.push(Item::Macro(item));
        Ok(())
    }
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn slash(folder: &str) -> String {
    if folder.is_empty() {
        String::new()
    } else {
        format!("{folder}/")
    }
}

/// A path from a folder, without `..`.
fn normal(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}
