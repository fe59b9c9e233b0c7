//! `normalisation`: `zscore`, `none`, `revin` or `revin(level: true)`.

use xp_spec::{
    architecture::{Normalisation, PlainNormalisation},
    vocabulary,
};

use super::fields::{Fields, flag, one_of};
use crate::{diagnostic::Diagnostic, syntax::Node};

pub(crate) fn normalisation(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Normalisation> {
    let (name, level) = match node {
        Node::Keyed(name, arguments) => (name, Some(arguments)),
        Node::Call(name, _) | Node::Block(name, _) => (name, None),
        _ => return plain(node, errors),
    };
    match (plain(&Node::Name(name.clone()), errors)?, level) {
        (Normalisation::Revin, Some(arguments)) => {
            let known = vocabulary::revin::ALL;
            let arguments = Fields::new(arguments, "`revin(…)`", known, errors);
            let level = flag(arguments.required("level", "true", errors)?, errors)?;
            Some(if level {
                Normalisation::RevinLevel
            } else {
                Normalisation::Revin
            })
        }
        (Normalisation::Revin, None) => {
            let headline = format!(
                "expected `revin` or `revin(level: true)`, found {}",
                node.describe()
            );
            errors.push(Diagnostic::new(node.span(), headline));
            None
        }
        (without, keyed) => {
            let without = without.name();
            let error = Diagnostic::new(node.span(), format!("`{without}` has no arguments"))
                .help(format!("`normalisation: {without}`"));
            errors.push(match keyed {
                Some(_) => error.note("`level` is an argument of `revin`"),
                None => error,
            });
            None
        }
    }
}

fn plain(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Normalisation> {
    one_of(node, "normalisation", &PlainNormalisation::ALL, errors).map(Normalisation::from)
}
