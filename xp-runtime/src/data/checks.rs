//! What the loaded table must be: the bars that labels were counted on, and numbers.

use chrono::NaiveDate;
use xp_spec::{
    experiment::Experiment,
    split::{Spine, row_days},
};

use crate::context::RunError;

/// Rows of the parquet must be the bars that labels were counted on.
pub(super) fn check_rows(
    dates: &[NaiveDate],
    spine: &Spine,
    experiment: &Experiment,
) -> Result<(), RunError> {
    let days = row_days(&spine.dates, experiment.timescale);
    if days == dates {
        return Ok(());
    }
    Err(RunError::Failed(format!(
        "the rows of {} are not the bars of its daily prices; delete it and run `cargo xp data build`",
        experiment.data.path
    )))
}

/// A value that is no number would make every window over it useless; its feature and day are named (F19).
pub(super) fn check_finite(
    values: &[f32],
    names: &[String],
    dates: &[NaiveDate],
) -> Result<(), RunError> {
    let Some(place) = values.iter().position(|value| !value.is_finite()) else {
        return Ok(());
    };
    let width = names.len().max(1);
    let count = values.iter().filter(|value| !value.is_finite()).count();
    Err(RunError::Failed(format!(
        "`{}` is not finite on {} ({count} such values in all); delete the parquet and run `cargo xp data build`, or leave the feature out",
        names.get(place % width).map_or("?", String::as_str),
        dates
            .get(place / width)
            .map_or_else(|| "an unknown day".to_owned(), ToString::to_string)
    )))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]
    use super::*;

    #[test]
    fn a_value_that_is_no_number_is_named() {
        let names = ["atr_14", "rsi_14"].map(str::to_owned);
        let dates: Vec<NaiveDate> = ["2001-02-03", "2001-02-05"]
            .iter()
            .map(|day| day.parse().unwrap())
            .collect();
        assert!(check_finite(&[1.0, 2.0, 3.0, 4.0], &names, &dates).is_ok());
        for wrong in [f32::NAN, f32::INFINITY] {
            let error = check_finite(&[1.0, 2.0, 3.0, wrong], &names, &dates).unwrap_err();
            let text = error.to_string();
            assert!(
                text.starts_with("`rsi_14` is not finite on 2001-02-05 (1 such values in all)"),
                "{text}"
            );
        }
    }
}
