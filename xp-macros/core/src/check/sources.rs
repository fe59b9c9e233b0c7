//! A borrowed search exists (F15).

use proc_macro2::Ident;
use xp_spec::nearest::nearest;

use crate::{
    diagnostic::Diagnostic,
    resolve::{Fields, Resolved},
    syntax::Node,
};

/// Searches that no file of the experiment's folder has.
pub(crate) fn check(resolved: &Resolved<'_>) -> Vec<Diagnostic> {
    let Some(siblings) = &resolved.siblings else {
        return Vec::new();
    };
    let known = &siblings.names;
    searches(&resolved.fields)
        .into_iter()
        .filter(|search| !known.iter().any(|name| *search == name))
        .map(|search| {
            let error =
                Diagnostic::new(search.span(), format!("there is no experiment `{search}`"));
            match nearest(&search.to_string(), known.iter().map(String::as_str)) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help("`cargo xp list` names the experiments"),
            }
        })
        .collect()
}

/// The searches that `best` or `between` names.
pub(crate) fn searches<'a>(fields: &Fields<'a>) -> Vec<&'a Ident> {
    let Some(Node::Block(_, run)) = fields.optional("run") else {
        return Vec::new();
    };
    match run.get("params") {
        Some(Node::Call(_, arguments)) => arguments
            .iter()
            .filter_map(|node| match node {
                Node::Name(name) => Some(name),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}
