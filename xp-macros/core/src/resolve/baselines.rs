//! `baselines: [ … ]`: what the results are compared with.

use xp_spec::baseline::Baseline;

use super::fields::{Fields, one_of, wrong};
use crate::{diagnostic::Diagnostic, syntax::Node};

/// The specified baselines; all of them where none is specified.
pub(crate) fn baselines(
    fields: &Fields<'_>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Vec<Baseline>> {
    let items = match fields.optional("baselines") {
        Some(Node::List(items, span)) if items.is_empty() => {
            errors.push(
                Diagnostic::new(
                    *span,
                    "no baseline: a model's numbers mean nothing without a comparison",
                )
                .help("name at least one, or drop `baselines` for all"),
            );
            return None;
        }
        Some(Node::List(items, _)) => items,
        Some(other) => {
            wrong(other, "a list such as `[prior, logistic]`", errors);
            return None;
        }
        None => return Some(Baseline::all()),
    };
    let before = errors.len();
    let mut found = Vec::new();
    for item in items {
        let Some(baseline) = one_of(item, "baseline", &Baseline::ALL, errors) else {
            continue;
        };
        if found.contains(&baseline) {
            errors.push(Diagnostic::new(
                item.span(),
                format!("`{}` is listed twice", baseline.name()),
            ));
        }
        found.push(baseline);
    }
    (errors.len() == before).then_some(found)
}
