//! The samples that all compared runs predicted, by their days.

use std::collections::{BTreeMap, BTreeSet};

use super::{error::CompareError, pairs::Two};
use crate::{
    record::{Predictions, RunRecord},
    report::run::Run,
};

/// A region of records.
#[derive(Clone, Copy)]
pub(super) struct Which {
    pub(super) name: &'static str,
    of: fn(&RunRecord) -> Option<&Predictions>,
}

/// Validation and test.
pub(super) const REGIONS: [Which; 2] = [
    Which {
        name: "validation",
        of: |record| record.val.as_ref(),
    },
    Which {
        name: "test",
        of: |record| record.test.as_ref(),
    },
];

impl Which {
    /// The predictions of a run.
    fn predictions<'a>(&self, run: &'a Run) -> Option<&'a Predictions> {
        let set = (self.of)(run.record.as_ref()?)?;
        let n = set.dates.len();
        (set.labels.len() == n && set.probabilities.len() == n).then_some(set)
    }

    /// Probabilities of a run on these days, in their order.
    pub(super) fn on(&self, run: &Run, days: &[String]) -> Vec<f64> {
        let Some(set) = self.predictions(run) else {
            return Vec::new();
        };
        let by_day: BTreeMap<&String, f64> = set
            .dates
            .iter()
            .zip(set.probabilities.iter().copied())
            .collect();
        days.iter()
            .filter_map(|day| by_day.get(day).copied())
            .collect()
    }
}

/// Samples that all runs have.
pub(super) struct Common {
    pub(super) which: Which,
    pub(super) days: Vec<String>,
    pub(super) labels: Vec<f64>,
    pub(super) only_a: usize,
    pub(super) only_b: usize,
}

/// The common samples of a region; absent where a run was not evaluated on it.
pub(super) fn common(which: Which, pairs: &[Two<'_>]) -> Result<Option<Common>, CompareError> {
    let sets = |runs: Vec<&Run>| -> Option<Vec<Predictions>> {
        let sets = runs.into_iter().map(|run| which.predictions(run).cloned());
        sets.collect()
    };
    let ours = sets(pairs.iter().map(|pair| pair.0).collect());
    let theirs = sets(pairs.iter().map(|pair| pair.1).collect());
    let (Some(ours), Some(theirs)) = (ours, theirs) else {
        return Ok(None);
    };
    let (days_a, days_b) = (shared(&ours), shared(&theirs));
    let days: Vec<String> = days_a
        .intersection(&days_b)
        .map(|day| (*day).clone())
        .collect();
    if days.is_empty() {
        let range = |days: &BTreeSet<&String>| match (days.first(), days.last()) {
            (Some(first), Some(last)) => format!("{first} to {last}"),
            _ => "none".to_owned(),
        };
        return Err(CompareError::NoCommonDay {
            region: which.name,
            days: format!("{} and {}", range(&days_a), range(&days_b)),
        });
    }
    let labels = ours.first().map_or_else(Vec::new, |set| labels(set, &days));
    for other in ours.iter().chain(&theirs) {
        let differ: Vec<&String> = days
            .iter()
            .zip(labels.iter().zip(self::labels(other, &days)))
            .filter(|(_, (one, other))| **one != *other)
            .map(|(day, _)| day)
            .collect();
        if let Some(first) = differ.first() {
            return Err(CompareError::OtherLabels {
                region: which.name,
                count: differ.len(),
                day: (*first).clone(),
            });
        }
    }
    Ok(Some(Common {
        which,
        only_a: days_a.len() - days.len(),
        only_b: days_b.len() - days.len(),
        days,
        labels,
    }))
}

/// Days that all of these sets have.
fn shared<'a>(sets: &'a [Predictions]) -> BTreeSet<&'a String> {
    let days = |set: &'a Predictions| set.dates.iter().collect::<BTreeSet<&String>>();
    let both = |a: BTreeSet<&'a String>, b| a.intersection(&b).copied().collect();
    sets.iter().map(days).reduce(both).unwrap_or_default()
}

fn labels(set: &Predictions, days: &[String]) -> Vec<f64> {
    let by_day: BTreeMap<&String, f64> = set.dates.iter().zip(set.labels.iter().copied()).collect();
    days.iter()
        .filter_map(|day| by_day.get(day).copied())
        .collect()
}

/// Refuses runs whose labels mean different things.
pub(super) fn same_question(
    a: &str,
    ours: &[&Run],
    b: &str,
    theirs: &[&Run],
) -> Result<(), CompareError> {
    let (Some(one), Some(other)) = (ours.last(), theirs.last()) else {
        return Ok(());
    };
    let spec = |run: &Run, place: &str| {
        let value = run.spec()?.pointer(place)?;
        Some(
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned),
        )
    };
    let of_both = |what: &'static str, one: Option<String>, other: Option<String>| {
        // Older records have no spec: then the labels of common days decide.
        let differ = one.is_some() && other.is_some() && one != other;
        differ.then(|| {
            format!(
                "{what} {} and {}",
                one.unwrap_or_default(),
                other.unwrap_or_default()
            )
        })
    };
    let differing: Vec<String> = [
        of_both(
            "task",
            Some(one.row.task.clone()),
            Some(other.row.task.clone()),
        ),
        of_both(
            "horizon",
            Some(one.row.horizon.to_string()),
            Some(other.row.horizon.to_string()),
        ),
        of_both(
            "label_price",
            spec(one, "/label_price"),
            spec(other, "/label_price"),
        ),
        of_both(
            "daily prices (MD5)",
            spec(one, "/data/prices_md5"),
            spec(other, "/data/prices_md5"),
        ),
    ]
    .into_iter()
    .flatten()
    .collect();
    if differing.is_empty() {
        return Ok(());
    }
    Err(CompareError::AnotherQuestion {
        a: a.to_owned(),
        b: b.to_owned(),
        what: differing.join(", "),
    })
}
