//! The file's name and its fields must agree (F01).

use xp_spec::{
    budget::Budget,
    name::{NameDefaults, NameFields, binary_name},
    task::{Horizon, Task},
    timescale::Timescale,
};

use crate::{
    diagnostic::Diagnostic,
    resolve::{Resolved, RunFields},
    syntax::Node,
};

/// The name that the fields have, where it is not the file's.
pub(crate) fn check(resolved: &Resolved<'_>) -> Vec<Diagnostic> {
    let Some(named) = name_fields(resolved) else {
        return Vec::new();
    };
    let (fields, defaults) = (&resolved.fields, &resolved.names);
    let binary = &resolved.source.binary;
    let expected = binary_name(&named, defaults);
    if expected == *binary {
        return Vec::new();
    }
    let budgets = resolved.source.workspace.budgets();
    let span = contradicting_key(&named, defaults, binary, &budgets)
        .and_then(|key| fields.optional(key))
        .map_or(fields.map().span, Node::span);
    vec![
        Diagnostic::new(
            span,
            format!("the file is named `{binary}`, its fields say `{expected}`"),
        )
        .help(format!(
            "correct the field, or rename the file to `{expected}.rs`"
        ))
        .help("`variant: \"…\"` ends a name, to tell apart what differs in no other part of it"),
    ]
}

/// The fields that make a name, where all of them are right.
fn name_fields<'a>(resolved: &Resolved<'a>) -> Option<NameFields<'a>> {
    let subject = &resolved.subject;
    // Bars that are not the data's were reported: the name may well be right.
    if subject.data.as_ref().is_some_and(|data| !data.fits) {
        return None;
    }
    Some(NameFields {
        variant: resolved.variant.ok()?,
        search: matches!(resolved.run.as_ref()?, RunFields::Hpo(_)),
        budget: subject.budget?,
        task: subject.task?,
        horizon: subject.horizon?.days(),
        timescale: subject.timescale?,
        n_features: subject.features.as_ref()?.len(),
    })
}

/// The one field that, changed alone, would make the name right.
fn contradicting_key(
    fields: &NameFields<'_>,
    defaults: &NameDefaults,
    binary: &str,
    budgets: &[Budget],
) -> Option<&'static str> {
    let named = |fields: NameFields<'_>| binary_name(&fields, defaults) == binary;
    if named(NameFields {
        search: !fields.search,
        ..*fields
    }) {
        return Some("run");
    }
    if budgets
        .iter()
        .any(|&budget| named(NameFields { budget, ..*fields }))
    {
        return Some("budget");
    }
    if Task::ALL
        .into_iter()
        .any(|task| named(NameFields { task, ..*fields }))
    {
        return Some("task");
    }
    if Horizon::ALL
        .into_iter()
        .any(|horizon| named(NameFields { horizon, ..*fields }))
    {
        return Some("horizon");
    }
    if Timescale::ALL.into_iter().any(|timescale| {
        named(NameFields {
            timescale,
            ..*fields
        })
    }) {
        return Some("timescale");
    }
    let stem = binary_name(
        &NameFields {
            n_features: defaults.n_features,
            variant: None,
            ..*fields
        },
        defaults,
    );
    binary
        .strip_prefix(&stem)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("_f"))
        .then_some("features")
}
