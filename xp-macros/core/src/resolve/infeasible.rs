//! What a run cannot do, on the token to blame.

use proc_macro2::Span;
use xp_spec::{files::DEFAULTS, infeasible::Infeasible};

use crate::{diagnostic::Diagnostic, syntax::Node};

/// On this token.
pub(crate) fn infeasible(span: Span, fault: Infeasible) -> Diagnostic {
    Diagnostic::new(span, fault.message).help(fault.remedy)
}

/// On the value of the key at fault where the experiment has it; else on `otherwise`, with a note that it is the default.
pub(crate) fn infeasible_value(
    value: Option<&Node>,
    otherwise: Span,
    fault: Infeasible,
) -> Diagnostic {
    let key = fault.key;
    match value {
        Some(node) => infeasible(node.span(), fault),
        None => infeasible(otherwise, fault).note(format!("`{key}` has its default of {DEFAULTS}")),
    }
}
