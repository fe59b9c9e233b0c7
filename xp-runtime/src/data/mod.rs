//! Loads what was validated: the parquet is built when absent, verified, and cut into regions by the one rule of `xp-spec`.

mod checks;
mod normalise;

use chrono::NaiveDate;
use xp_data::dimension::effective_dimension;
use xp_engine::train::{Region, TrainingData, Windows};
use xp_report::record::Predictions;
use xp_spec::{
    minima::{counts, shortages},
    split::{Region as Samples, regions, row_ends},
};

use crate::{
    context::{Context, RunError},
    journal::Journal,
    preflight::ensure_built,
    training::sealed::SealedTest,
};
use checks::{check_finite, check_rows};
use normalise::normalise;

/// Data of one experiment.
#[derive(Debug)]
pub struct Data {
    pub(crate) windows: Windows,
    pub(crate) train: Region,
    pub(crate) val: Region,
    pub(crate) test: SealedTest,
    /// Feature values `[rows, features]` and names, for baselines: as the model is fed with them, but for RevIN, which is of windows.
    pub(crate) values: Vec<f32>,
    pub(crate) names: Vec<String>,
    /// Last day of each row.
    pub(crate) dates: Vec<NaiveDate>,
    /// That day among the daily closes behind the labels, for baselines.
    pub(crate) days: Vec<usize>,
    pub(crate) closes: Vec<f64>,
    pub(crate) md5: String,
}

/// Loads, verifies and splits the data of an experiment.
pub(crate) fn load(context: &Context, journal: &Journal<'_>) -> Result<Data, RunError> {
    let (workspace, experiment, clock) = (&context.workspace, &context.experiment, &context.clock);
    let name = &experiment.data.name;
    ensure_built(context, journal).map_err(RunError::failed)?;
    let entry = xp_data::verify::verify(workspace, name, xp_data::Hashing::Cached, clock)
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
    journal.info(&format!(
        "data {name}: {} rows, {} features; {}",
        table.dates.len(),
        table.names.len(),
        counts(&regions)
    ));
    check_finite(&table.values, &table.names, &table.dates)?;
    let mut values = table.values;
    let features = table.names.len();
    let rule = (experiment.normalisation, experiment.context);
    let levels = normalise(&mut values, features, rule, &regions);
    let mut windows = Windows::new(&values, features, experiment.context, context.device)
        .map_err(RunError::failed)?;
    if let Some(levels) = levels {
        windows = windows.with_levels(&levels).map_err(RunError::failed)?;
    }
    Ok(Data {
        windows,
        train: region(&regions.train),
        val: region(&regions.val),
        test: SealedTest::seal(region(&regions.test)),
        values,
        names: table.names,
        dates: table.dates,
        days: row_ends(&spine.dates, experiment.timescale),
        closes: spine.close.clone(),
        md5: entry.md5,
    })
}

impl Data {
    /// What a training may see.
    pub(crate) fn training(&self) -> TrainingData<'_> {
        TrainingData {
            windows: &self.windows,
            train: &self.train,
            val: &self.val,
        }
    }

    /// Entropy rank of the features' correlations over the training samples.
    pub(crate) fn effective_dimension(&self) -> Option<f64> {
        let width = self.names.len();
        let column = |feature: usize| -> Vec<f32> {
            let rows = self
                .train
                .rows
                .iter()
                .filter_map(|row| usize::try_from(*row).ok());
            rows.filter_map(|row| self.values.get(row * width + feature).copied())
                .collect()
        };
        let columns: Vec<Vec<f32>> = (0..width).map(column).collect();
        let columns: Vec<&[f32]> = columns.iter().map(Vec::as_slice).collect();
        effective_dimension(&columns)
    }

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
