//! Points of `exclude` against one another and against those of `first`.

use xp_spec::space::Assignment;

use crate::{
    diagnostic::Diagnostic,
    resolve::{Resolved, RunFields, Search},
    syntax::Node,
};

/// Exclusions within others, and the first forced point that is excluded.
pub(crate) fn check(resolved: &Resolved<'_>) -> Vec<Diagnostic> {
    let Some(RunFields::Hpo(search)) = &resolved.run else {
        return Vec::new();
    };
    let mut found = within_others(search);
    if let Some(strategy) = search.strategy.strategy()
        && let Some(point) = strategy
            .first
            .iter()
            .position(|point| strategy.excludes(point))
    {
        found.push(Diagnostic::new(
            search.fields.key_span("first"),
            format!("point {} of `first` is excluded by `exclude`", point + 1),
        ));
    }
    found
}

/// Exclusions of points that a less particular one excludes already.
fn within_others(search: &Search<'_>) -> Vec<Diagnostic> {
    let exclude = &search.strategy.exclude;
    let items = match search.fields.optional("exclude") {
        // Where one of them is no point, positions do not agree.
        Some(Node::List(items, _)) if items.len() == exclude.len() => items,
        _ => return Vec::new(),
    };
    let is_within = |point: &Assignment, other: &Assignment| {
        !other.is_empty()
            && other.len() < point.len()
            && other
                .iter()
                .all(|(name, value)| point.get(name) == Some(value))
    };
    exclude
        .iter()
        .zip(items)
        .filter(|(point, _)| exclude.iter().any(|other| is_within(point, other)))
        .map(|(_, item)| {
            Diagnostic::new(item.span(), "this exclusion adds nothing to another one")
                .help("drop it")
        })
        .collect()
}
