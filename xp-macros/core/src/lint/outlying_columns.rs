//! Features that reach far beyond what a model was trained on (F53).

use proc_macro2::Span;
use xp_spec::{
    outliers::{LIMIT, Outlier, REMEDY},
    vocabulary::allow,
};

use super::definition::{Judged, Lint};
use crate::{diagnostic::Diagnostic, syntax::Node};

pub(super) const LINT: Lint = Lint {
    name: allow::outlying_columns,
    why: "a few such values saturate the first layer on their days, and in train they decide the feature's mean and standard deviation",
    remedy: REMEDY,
    check,
};

/// Columns that a message names.
const MOST_NAMED: usize = 3;

fn check(judged: &Judged<'_>) -> Vec<Diagnostic> {
    let Some(data) = &judged.resolved.subject.data else {
        return Vec::new();
    };
    let experiment = &judged.checked.experiment;
    let mut found = data.outliers(
        &experiment.features,
        &experiment.split,
        experiment.timescale,
    );
    let farthest = |outlier: &Outlier| outlier.extremes.first().map_or(0.0, |it| it.sd.abs());
    found.sort_by(|a, b| farthest(b).total_cmp(&farthest(a)));
    let fields = &judged.resolved.fields;
    if let Some(Node::List(items, _)) = fields.optional("features") {
        let token = |name: &str| {
            let named = |item: &&Node| matches!(item, Node::Text(text, _) if text == name);
            items.iter().find(named).map(Node::span)
        };
        let whole = fields.value_span("features");
        return found
            .iter()
            .map(|one| Diagnostic::new(token(&one.column).unwrap_or(whole), one.to_string()))
            .collect();
    }
    if found.is_empty() {
        return Vec::new();
    }
    vec![of_a_tier(fields.value_span("features"), &found)]
}

/// One message for the columns of a tier: the farthest with their days.
fn of_a_tier(token: Span, outliers: &[Outlier]) -> Diagnostic {
    let named: Vec<_> = outliers
        .iter()
        .take(MOST_NAMED)
        .filter_map(|outlier| {
            let farthest = outlier.extremes.first()?;
            Some(format!("`{}` {farthest}", outlier.column))
        })
        .collect();
    let more = match outliers.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    let subject = match outliers.len() {
        1 => "a feature reaches".to_owned(),
        n => format!("{n} features reach"),
    };
    Diagnostic::new(
        token,
        format!(
            "{subject} beyond {LIMIT} standard deviations of train before clipping: {}{more}",
            named.join(", ")
        ),
    )
}
