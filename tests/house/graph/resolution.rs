//! Follows a path, through re-exports and globs, to the file that defines the item.

use super::tree::{Binding, ModuleId, Scope, Tree};

/// What a path points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// An item defined in a file, with its name; whether it can be followed by `::`.
    Item {
        file: usize,
        name: String,
        is_type: bool,
    },
    Module(ModuleId),
}

/// A path of this crate that points to no item: then the tree was not read correctly.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unresolved;

/// Names that are being looked up, since globs and imports may lead in circles.
type Visited = Vec<(ModuleId, String)>;

impl Tree {
    /// All that a path in a module means: a name can be a module and a function. Empty where it points to another crate. `blocks` are
    /// the scopes of the blocks around, the inner ones last.
    ///
    /// # Errors
    /// [`Unresolved`]
    pub(crate) fn resolve(
        &self,
        module: ModuleId,
        blocks: &[Scope],
        path: &[String],
    ) -> Result<Vec<Target>, Unresolved> {
        self.follow(module, blocks, path, &mut Vec::new())
    }

    fn follow(
        &self,
        module: ModuleId,
        blocks: &[Scope],
        path: &[String],
        visited: &mut Visited,
    ) -> Result<Vec<Target>, Unresolved> {
        let mut module = module;
        let mut rest = path;
        let mut absolute = None;
        while let [first, after @ ..] = rest {
            match first.as_str() {
                "crate" | "$crate" => module = 0,
                "self" => {}
                "super" => module = self.modules[module].parent.ok_or(Unresolved)?,
                _ => break,
            }
            absolute = Some(Target::Module(module));
            rest = after;
        }
        let (mut found, rest) = match (absolute, rest) {
            (Some(target), rest) => (vec![target], rest),
            (None, [first, after @ ..]) => {
                let mut found = self.visible(module, blocks, first, visited);
                if !after.is_empty() {
                    // A function may be called as another crate is: `std` of statistics.
                    found.retain(|target| !matches!(target, Target::Item { is_type: false, .. }));
                }
                if found.is_empty() {
                    return Ok(found);
                }
                (found, after)
            }
            (None, []) => return Err(Unresolved),
        };
        for name in rest {
            // What follows a type is its own: a variant, a constant, a function.
            if let Some(item) = found
                .iter()
                .find(|target| matches!(target, Target::Item { is_type: true, .. }))
            {
                return Ok(vec![item.clone()]);
            }
            let inside = found.iter().find_map(|target| match target {
                Target::Module(inside) => Some(*inside),
                Target::Item { .. } => None,
            });
            found = self.inside(inside.ok_or(Unresolved)?, name, visited)?;
            if found.is_empty() {
                break;
            }
        }
        Ok(found)
    }

    /// What a name means where it is written: in the blocks around, then in the module.
    fn visible(
        &self,
        module: ModuleId,
        blocks: &[Scope],
        name: &str,
        visited: &mut Visited,
    ) -> Vec<Target> {
        for (depth, scope) in blocks.iter().enumerate().rev() {
            // An import of a block is resolved by what lies around it and by the block itself, but not by its own name.
            if scope.names.contains_key(name) {
                let around = &blocks[..depth];
                return self.bound(module, around, scope, name, visited);
            }
            let found = self.through_globs(module, &blocks[..depth], scope, name, visited);
            if !found.is_empty() {
                return found;
            }
        }
        self.member(module, name, visited)
    }

    /// What a module has of a name, declared, imported or through a glob. Empty where it has none or another crate's.
    fn member(&self, module: ModuleId, name: &str, visited: &mut Visited) -> Vec<Target> {
        let key = (module, name.to_owned());
        let scope = &self.modules[module].scope;
        if visited.contains(&key) {
            // `use fit::fit` is asked for its own first `fit`: the module.
            return declared(scope, name);
        }
        visited.push(key);
        let found = if scope.names.contains_key(name) {
            self.bound(module, &[], scope, name, visited)
        } else {
            self.through_globs(module, &[], scope, name, visited)
        };
        visited.pop();
        found
    }

    /// What a path finds in a module: unlike in [`Self::member`], something must be there, if only by a macro.
    fn inside(
        &self,
        module: ModuleId,
        name: &str,
        visited: &mut Visited,
    ) -> Result<Vec<Target>, Unresolved> {
        let found = self.member(module, name, visited);
        let inside = &self.modules[module];
        if !found.is_empty() || inside.scope.names.contains_key(name) {
            Ok(found)
        } else if inside.has_macros {
            Ok(vec![Target::Item {
                file: inside.file,
                name: name.to_owned(),
                is_type: true,
            }])
        } else if inside.scope.globs.is_empty() {
            Err(Unresolved)
        } else {
            // Of another crate, through a glob.
            Ok(found)
        }
    }

    /// Bindings of a scope.
    fn bound(
        &self,
        module: ModuleId,
        around: &[Scope],
        scope: &Scope,
        name: &str,
        visited: &mut Visited,
    ) -> Vec<Target> {
        let mut found = declared(scope, name);
        for binding in scope.names.get(name).into_iter().flatten() {
            if let Binding::Import(path) = binding {
                let targets = self.follow(module, around, path, visited);
                found.extend(targets.unwrap_or_default());
            }
        }
        found
    }

    fn through_globs(
        &self,
        module: ModuleId,
        around: &[Scope],
        scope: &Scope,
        name: &str,
        visited: &mut Visited,
    ) -> Vec<Target> {
        for path in &scope.globs {
            let targets = self
                .follow(module, around, path, visited)
                .unwrap_or_default();
            for target in targets {
                if let Target::Module(inside) = target {
                    let found = self.member(inside, name, visited);
                    if !found.is_empty() {
                        return found;
                    }
                }
            }
        }
        Vec::new()
    }
}

/// Bindings of a scope that are no imports.
fn declared(scope: &Scope, name: &str) -> Vec<Target> {
    let bindings = scope.names.get(name).into_iter().flatten();
    bindings
        .filter_map(|binding| match binding {
            Binding::Item { file, is_type } => Some(Target::Item {
                file: *file,
                name: name.to_owned(),
                is_type: *is_type,
            }),
            Binding::Module(module) => Some(Target::Module(*module)),
            Binding::Import(_) => None,
        })
        .collect()
}
