//! What a verdict is missing, and what it would cost to add.

use std::fmt;

use xp_scaling::{MIN_SEEDS, MIN_SIZES};

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
            hours(seconds * MIN_SEEDS as f64),
            hours(seconds * 10.0 * MIN_SEEDS as f64)
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
        format!(", about {} by the seeds that have finished", hours(seconds))
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

/// `40 s`, `12 min`, `3.5 h`.
fn hours(seconds: f64) -> String {
    match seconds {
        s if s < 99.5 => format!("{s:.0} s"),
        s if s < 99.5 * 60.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.1} h", s / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::hours;

    #[test]
    fn times_have_the_unit_of_their_size() {
        for (seconds, expected) in [(40.0, "40 s"), (720.0, "12 min"), (12_600.0, "3.5 h")] {
            assert_eq!(hours(seconds), expected);
        }
    }
}
