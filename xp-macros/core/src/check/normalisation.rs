//! A context that is too short for its normalisation (F48).

use xp_spec::architecture::{Normalisation, PlainNormalisation};

use crate::{diagnostic::Diagnostic, resolve::Resolved, syntax::Node};

/// RevIN on few bars: its standard deviation says little, and that of one bar does not exist.
pub(crate) fn check(resolved: &Resolved<'_>) -> Vec<Diagnostic> {
    let subject = &resolved.subject;
    let (Some(normalisation), Some(context)) = (subject.normalisation, subject.context) else {
        return Vec::new();
    };
    let Err(message) = normalisation.check_context(context) else {
        return Vec::new();
    };
    let fields = &resolved.fields;
    // Where it is the workspace's default, the context is what the experiment itself says.
    let written = ["normalisation", "context"].map(|key| fields.optional(key).map(Node::span));
    let span = written.into_iter().flatten().next();
    vec![
        Diagnostic::new(span.unwrap_or(fields.map().span), message).help(format!(
            "`normalisation: {}`, or a context of at least {} bars",
            PlainNormalisation::Zscore.name(),
            Normalisation::REVIN_CONTEXT
        )),
    ]
}
