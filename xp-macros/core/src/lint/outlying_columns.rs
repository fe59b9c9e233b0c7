//! Features that reach far beyond what a model was trained on.

use std::collections::BTreeSet;

use proc_macro2::Span;
use xp_spec::{
    files::lock::{LockedColumn, SchemaLock},
    vocabulary::allow,
};

use super::definition::{Judged, Lint};
use crate::{diagnostic::Diagnostic, syntax::Node};

pub(super) const LINT: Lint = Lint {
    name: allow::outlying_columns,
    why: "a few such values saturate the first layer on their days, and in train they decide the feature's mean and standard deviation",
    remedy: "leave these features out, or mend their cause in the data",
    check,
};

/// Standard deviations of train within which a feature is expected.
const MOST_DEVIATIONS: f64 = 20.0;
/// Columns that a message names.
const MOST_NAMED: usize = 3;

/// A column that reaches far out.
struct Outlier<'a> {
    name: &'a str,
    /// Region of the value farthest out.
    region: &'static str,
    /// Its distance from train's mean in train's standard deviations.
    deviations: f64,
}

fn check(judged: &Judged<'_>) -> Vec<Diagnostic> {
    let Some(data) = &judged.resolved.subject.data else {
        return Vec::new();
    };
    let features = &judged.checked.experiment.features;
    let mut found = outliers(&data.lock, features);
    found.sort_by(|a, b| b.deviations.total_cmp(&a.deviations));
    let fields = &judged.resolved.fields;
    if let Some(Node::List(items, _)) = fields.optional("features") {
        let token = |name: &str| {
            let named = |item: &&Node| matches!(item, Node::Text(text, _) if text == name);
            items.iter().find(named).map(Node::span)
        };
        return found
            .iter()
            .map(|one| diagnostic(token(one.name), fields.value_span("features"), &[one]))
            .collect();
    }
    if found.is_empty() {
        return Vec::new();
    }
    let all: Vec<_> = found.iter().collect();
    vec![diagnostic(None, fields.value_span("features"), &all)]
}

/// Columns beyond [`MOST_DEVIATIONS`], by the statistics of the data's default split.
fn outliers<'a>(lock: &'a SchemaLock, features: &[String]) -> Vec<Outlier<'a>> {
    let used: BTreeSet<&String> = features.iter().collect();
    lock.columns
        .iter()
        .filter(|column| used.contains(&column.name))
        .filter_map(farthest)
        .filter(|outlier| outlier.deviations > MOST_DEVIATIONS)
        .collect()
}

/// The value of a column farthest from train's mean; none where the column is constant in train.
fn farthest(column: &LockedColumn) -> Option<Outlier<'_>> {
    let train = column.train.filter(|train| train.sd > 0.0)?;
    [
        ("train", column.train),
        ("val", column.val),
        ("test", column.test),
    ]
    .into_iter()
    .filter_map(|(region, statistics)| {
        let statistics = statistics?;
        let distance = (statistics.max - train.mean).max(train.mean - statistics.min);
        Some(Outlier {
            name: &column.name,
            region,
            deviations: distance / train.sd,
        })
    })
    .max_by(|a, b| a.deviations.total_cmp(&b.deviations))
}

fn diagnostic(token: Option<Span>, otherwise: Span, outliers: &[&Outlier<'_>]) -> Diagnostic {
    let named: Vec<_> = outliers
        .iter()
        .take(MOST_NAMED)
        .map(|one| format!("`{}` {:.0} (in {})", one.name, one.deviations, one.region))
        .collect();
    let more = match outliers.len().saturating_sub(named.len()) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    let subject = match outliers.len() {
        1 => "a feature reaches".to_owned(),
        n => format!("{n} features reach"),
    };
    Diagnostic::new(
        token.unwrap_or(otherwise),
        format!(
            "{subject} beyond {MOST_DEVIATIONS} standard deviations of train: {}{more}",
            named.join(", ")
        ),
    )
    .note("by the regions of the data's default split, which its lock has statistics of")
}
