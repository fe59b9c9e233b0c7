//! Patches that skip bars, do not fit the context, or leave its newest bars unused.

use xp_spec::budget::Budget;

use crate::{
    diagnostic::Diagnostic,
    resolve::{Patching, Resolved, budget_span},
    syntax::Node,
};

/// The one thing that is wrong with patches and context together.
pub(crate) fn check(resolved: &Resolved<'_>) -> Vec<Diagnostic> {
    let (Some(patching), Some(context)) = (resolved.model.patching, resolved.subject.context)
    else {
        return Vec::new();
    };
    if patching.fits(context) {
        return Vec::new();
    }
    let mut error = misfit(resolved, patching, context);
    if resolved.fields.optional("patch").is_none() {
        error.at = resolved.subject.budget.map(Budget::config_path);
    }
    vec![error]
}

fn misfit(resolved: &Resolved<'_>, patching: Patching, context: u32) -> Diagnostic {
    let fields = &resolved.fields;
    let budget_span = budget_span(fields);
    let Patching { length, stride } = patching;
    if !patching.is_dense() {
        return Diagnostic::new(
            budget_span,
            format!("patches of {length} bars with a stride of {stride} skip bars or have none"),
        )
        .help("1 ≤ `stride` ≤ `patch`");
    }
    let span = fields.optional("context").map_or(budget_span, Node::span);
    match patching.unused(context) {
        None => Diagnostic::new(
            span,
            format!(
                "no patch of {length} bars with stride {stride} fits a context of {context} bars"
            ),
        )
        .help(format!("`context` ≥ {length}, or a shorter patch")),
        Some(unused) => {
            let fit = context - unused;
            Diagnostic::new(
                span,
                format!(
                    "patches of {length} bars with stride {stride} leave the newest {unused} of {context} bars unused"
                ),
            )
            .help(format!("`context: {fit}` or `context: {}`", fit + stride))
        }
    }
}
