//! Loads what was validated: the parquet is built when absent, verified, and cut into regions by the one rule of `xp-spec`.

use chrono::NaiveDate;
use tch::Device;
use xp_report::record::Predictions;
use xp_spec::{
    architecture::Normalisation,
    experiment::Experiment,
    files::Workspace,
    minima::{counts, shortages},
    split::{Region as Samples, Regions, Spine, WARMUP_BARS, bar_ends, regions},
};

use crate::{
    error::RunError,
    output::Output,
    train::{Region, Windows},
    training::SealedTest,
};

/// Data of one experiment.
pub struct Data {
    pub(crate) windows: Windows,
    pub(crate) train: Region,
    pub(crate) val: Region,
    pub(crate) test: SealedTest,
    /// Feature values `[rows, features]` and names, for baselines.
    pub(crate) values: Vec<f32>,
    pub(crate) names: Vec<String>,
    /// Last day of each row.
    pub(crate) dates: Vec<NaiveDate>,
    pub(crate) md5: String,
}

/// Loads, verifies and splits the data of an experiment.
pub(crate) fn load(
    workspace: &Workspace,
    experiment: &Experiment,
    device: Device,
    output: &Output,
) -> Result<Data, RunError> {
    let name = &experiment.data.name;
    let mut built = false;
    xp_data::build::ensure_processed(workspace, name, &mut |done, total| {
        built = true;
        output.live(&format!("building {name}: {done} of {total} features"));
    })
    .map_err(RunError::failed)?;
    if built {
        output.say(&format!("built {} from its raw file", experiment.data.path));
    }
    let entry = xp_data::verify::verify(workspace, name, xp_data::Hashing::Remembered)
        .map_err(RunError::failed)?;
    let table =
        xp_data::load::load(workspace, &entry, &experiment.features).map_err(RunError::failed)?;
    let lock = workspace.lock(&entry.lock).map_err(RunError::failed)?;
    let spine = workspace.spine(&lock).map_err(RunError::failed)?;
    let regions = regions(&spine, &experiment.labelling());
    check_rows(&table.dates, &spine, experiment)?;
    if let Some(shortage) = shortages(&regions, experiment.timescale).first() {
        return Err(RunError::Failed(format!(
            "{}: {}",
            shortage.message,
            counts(&regions)
        )));
    }
    output.say(&format!(
        "data {name}: {} rows, {} features; {}",
        table.dates.len(),
        table.names.len(),
        counts(&regions)
    ));
    check_finite(&table.values, &table.names, &table.dates)?;
    let mut values = table.values;
    if experiment.normalisation == Normalisation::Zscore {
        standardise(&mut values, table.names.len(), &regions);
    }
    let windows = Windows::new(&values, table.names.len(), experiment.context, device)
        .map_err(RunError::failed)?;
    Ok(Data {
        windows,
        train: region(&regions.train),
        val: region(&regions.val),
        test: SealedTest::seal(region(&regions.test)),
        values,
        names: table.names,
        dates: table.dates,
        md5: entry.md5,
    })
}

impl Data {
    /// Predictions on a region with its days and labels, as a run record keeps them.
    pub(crate) fn record(&self, region: &Region, probabilities: Vec<f64>) -> Predictions {
        Predictions {
            dates: region
                .rows
                .iter()
                .filter_map(|&row| self.dates.get(usize::try_from(row).ok()?))
                .map(ToString::to_string)
                .collect(),
            probabilities,
            labels: region.labels.iter().copied().map(f64::from).collect(),
        }
    }
}

/// Rows of the parquet must be the bars that labels were counted on.
fn check_rows(dates: &[NaiveDate], spine: &Spine, experiment: &Experiment) -> Result<(), RunError> {
    let ends = bar_ends(&spine.dates, experiment.timescale);
    let expected = ends
        .iter()
        .skip(WARMUP_BARS)
        .filter_map(|&day| spine.dates.get(day));
    if expected.eq(dates) {
        return Ok(());
    }
    Err(RunError::Failed(format!(
        "the rows of {} are not the bars of its daily prices; delete it and run `cargo xp data build`",
        experiment.data.path
    )))
}

/// A value that is no number would make every window over it useless; its feature and day are named (F19).
fn check_finite(values: &[f32], names: &[String], dates: &[NaiveDate]) -> Result<(), RunError> {
    let Some(place) = values.iter().position(|value| !value.is_finite()) else {
        return Ok(());
    };
    let width = names.len().max(1);
    let count = values.iter().filter(|value| !value.is_finite()).count();
    Err(RunError::Failed(format!(
        "`{}` is no number on {} ({count} such values in all); delete the parquet and run `cargo xp data build`, or leave the feature out",
        names.get(place % width).map_or("?", String::as_str),
        dates
            .get(place / width)
            .map_or_else(|| "an unknown day".to_owned(), ToString::to_string)
    )))
}

fn region(samples: &Samples) -> Region {
    Region {
        rows: samples
            .samples
            .iter()
            .map(|sample| sample.row as i64)
            .collect(),
        labels: samples
            .samples
            .iter()
            .map(|sample| if sample.positive { 1.0 } else { 0.0 })
            .collect(),
    }
}

/// Mean 0 and standard deviation 1 by the statistics of the train region only. What is constant there says nothing that could be learned,
/// and becomes 0 everywhere instead of a division by nearly 0.
fn standardise(values: &mut [f32], features: usize, regions: &Regions) {
    let rows = regions
        .train
        .samples
        .last()
        .map_or(0, |sample| sample.row + 1);
    standardise_by(values, features, rows);
}

fn standardise_by(values: &mut [f32], features: usize, rows: usize) {
    for feature in 0..features {
        let column = || {
            values
                .iter()
                .skip(feature)
                .step_by(features)
                .take(rows)
                .map(|x| f64::from(*x))
        };
        let mean = column().sum::<f64>() / rows.max(1) as f64;
        let sd =
            (column().map(|x| (x - mean).powi(2)).sum::<f64>() / (rows.max(2) - 1) as f64).sqrt();
        let constant = sd <= 1e-9 * mean.abs() + 1e-12;
        for value in values.iter_mut().skip(feature).step_by(features) {
            *value = if constant {
                0.0
            } else {
                ((f64::from(*value) - mean) / sd) as f32
            };
        }
    }
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
                text.starts_with("`rsi_14` is no number on 2001-02-05 (1 such values in all)"),
                "{text}"
            );
        }
    }

    #[test]
    fn z_scores_are_of_train_rows_and_a_constant_column_is_zero() {
        // Three rows of train, one after it: the second column is constant in train only.
        let mut values = [1.0, 0.1, 2.0, 0.1, 3.0, 0.1, 5.0, 7.0];
        standardise_by(&mut values, 2, 3);
        assert_eq!(values, [-1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 3.0, 0.0]);
    }
}
