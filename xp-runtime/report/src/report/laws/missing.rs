//! What a verdict is missing, and what it would cost to add.

use std::fmt;

use xp_scaling::{MIN_SEEDS, MIN_SIZES};
use xp_spec::duration::readable;

use crate::report::trained::Trained;

/// Why a group has no law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NoLaw {
    /// In place of a verdict, such as `insufficient data`.
    pub(crate) verdict: String,
    /// What it is for, in a few words.
    pub(crate) short: String,
    /// What it is for, with what to do.
    reason: String,
}

impl NoLaw {
    pub(crate) fn new(
        verdict: impl Into<String>,
        short: impl Into<String>,
        reason: String,
    ) -> Self {
        Self {
            verdict: verdict.into(),
            short: short.into(),
            reason,
        }
    }

    pub(crate) fn insufficient(short: impl Into<String>, reason: String) -> Self {
        Self::new("insufficient data", short, reason)
    }
}

impl fmt::Display for NoLaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.verdict, self.reason)
    }
}

/// Too few sizes. What another costs is estimated by the largest: a step's operations grow with its parameters.
pub(super) fn too_few(members: &[&Trained<'_>], sizes: usize, what: &str) -> NoLaw {
    let trainings = MIN_SIZES.saturating_sub(sizes);
    let largest = members
        .iter()
        .filter_map(|member| Some((member.run()?.row.param_count?, seconds(member)?)))
        .max_by_key(|(params, _)| *params);
    let cost = largest.map_or_else(String::new, |(_, seconds)| {
        format!(
            "; {MIN_SEEDS} seeds of the largest took about {}, of ten times its parameters they take about {}",
            readable(seconds * MIN_SEEDS as f64),
            readable(seconds * 10.0 * MIN_SEEDS as f64)
        )
    });
    let reason = format!(
        "{sizes} of at least {MIN_SIZES} {what} have finished trainings with predictions; missing: {trainings} more, with at least {MIN_SEEDS} seeds each{cost}."
    );
    NoLaw::insufficient(format!("{sizes} of at least {MIN_SIZES} {what}"), reason)
}

/// Too few seeds, by experiment.
pub(super) fn too_few_seeds(members: &[&Trained<'_>]) -> NoLaw {
    let mut total = Some(0.0);
    let missing: Vec<String> = members
        .iter()
        .filter(|member| member.seeds.len() < MIN_SEEDS)
        .filter_map(|member| {
            let more = MIN_SEEDS - member.seeds.len();
            total = total
                .zip(seconds(member))
                .map(|(sum, each)| sum + each * more as f64);
            let name = &member.run()?.row.experiment;
            Some(format!(
                "{more} more of {name}, which has {}",
                member.seeds.len()
            ))
        })
        .collect();
    let cost = total.map_or_else(String::new, |seconds| {
        format!(
            ", about {} by the seeds that have finished",
            readable(seconds)
        )
    });
    let reason = format!(
        "a verdict needs at least {MIN_SEEDS} seeds of each; missing: {}{cost}.",
        missing.join(", ")
    );
    NoLaw::insufficient(format!("fewer than {MIN_SEEDS} seeds of a size"), reason)
}

/// Mean time of a seed.
fn seconds(member: &Trained<'_>) -> Option<f64> {
    let times: Vec<f64> = member
        .seeds
        .iter()
        .map(|run| run.row.duration_seconds)
        .filter(|seconds| *seconds > 0.0)
        .collect();
    (!times.is_empty()).then(|| times.iter().sum::<f64>() / times.len() as f64)
}
