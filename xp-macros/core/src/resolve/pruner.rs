//! `pruner: …` of a search, with its parameters in braces.

use xp_spec::{
    extent::Extent,
    nearest::nearest,
    pruner::{Pruner, idle, premature},
    renamed,
};

use super::{
    fields::{Fields, number, quoted, whole, wrong},
    infeasible::infeasible,
    renamed::Passes,
};
use crate::{
    diagnostic::Diagnostic,
    syntax::{Map, Node},
};

/// A pruner that can act on `trials` trials of that extent, and not before they can be compared; `None` where the extent is not known.
pub(crate) fn pruner(
    node: &Node,
    trials: Option<u32>,
    extent: Option<&Extent>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Pruner> {
    let empty;
    let (name, map) = match node {
        Node::Name(name) => {
            empty = Map {
                entries: Vec::new(),
                span: name.span(),
                malformed: false,
            };
            (name, &empty)
        }
        Node::Block(name, map) => (name, map),
        other => {
            wrong(
                other,
                "a pruner such as `median` or `hyperband { factor: 3 }`",
                errors,
            );
            return None;
        }
    };
    let kind = name.to_string();
    let Some(mut pruner) = Pruner::named(&kind, extent.unwrap_or(&Extent::default())) else {
        let error = Diagnostic::new(name.span(), format!("`{kind}` is not a pruner"))
            .help(format!("one of {}", quoted(Pruner::NAMES)));
        errors.push(match nearest(&kind, Pruner::NAMES.iter().copied()) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error,
        });
        return None;
    };
    let before = errors.len();
    let keys = pruner.parameters();
    let known: Vec<_> = keys.iter().map(|(key, _)| key.name).collect();
    let earlier = (&renamed::PRUNERS[..], Passes::default());
    let fields = Fields::with_earlier(map, "the pruner", &known, earlier, errors);
    for (key, _) in keys {
        let Some(node) = fields.optional(key.name) else {
            continue;
        };
        let value = if key.whole {
            whole(node, key.low as i64..=key.high as i64, errors).map(|value| value as f64)
        } else {
            number(node, errors).filter(|value| {
                key.check(*value)
                    .map_err(|what| errors.push(Diagnostic::new(node.span(), what)))
                    .is_ok()
            })
        };
        if let Some(value) = value {
            pruner = pruner.with(key.name, value);
        }
    }
    let extent = extent.filter(|_| errors.len() == before)?;
    let idle = trials.and_then(|trials| idle(pruner, trials, extent));
    if let Some(fault) = idle.or_else(|| premature(pruner, extent)) {
        let span = fields.optional(fault.key).map_or(name.span(), Node::span);
        errors.push(infeasible(span, fault));
        return None;
    }
    Some(pruner)
}
