//! The experiment's baselines on the rows of a run (F40).

use xp_baselines::{Regions, Rows, baselines};
use xp_engine::train::Region;
use xp_metrics::BaselineResult;

use crate::{
    context::{Context, RunError, unless_interrupted},
    data::Data,
    journal::Journal,
};

/// Fits the experiment's baselines on train and evaluates them on a region. One that cannot be fitted is warned of, and
/// why it is missing comes second. Ctrl-C does not wait for them: the run is completed by the same command.
pub(crate) fn evaluate(
    context: &Context,
    journal: &Journal<'_>,
    data: &Data,
    region: &Region,
) -> Result<(Vec<BaselineResult>, Vec<String>), RunError> {
    let (train, val, evaluated) = (
        last_bars(data, &data.train),
        last_bars(data, &data.val),
        last_bars(data, region),
    );
    let (kinds, names, block) = (
        context.experiment.baselines.clone(),
        data.names.clone(),
        context.experiment.block_length(),
    );
    // Trees of hundreds of features take many seconds.
    let results = unless_interrupted(&context.clock, move || {
        let regions = Regions {
            train: rows(&names, &train),
            val: rows(&names, &val),
            evaluated: rows(&names, &evaluated),
            block,
        };
        baselines(&kinds, regions)
    })?
    .ok_or_else(|| {
        RunError::Interrupted(
            "interrupted while baselines were fitted; run the same command to resume".to_owned(),
        )
    })?;
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(result) => found.push(result),
            Err(error) => {
                journal.warn(&format!("warning: {error}"));
                missing.push(error.to_string());
            }
        }
    }
    Ok((found, missing))
}

fn rows<'a>(names: &'a [String], (values, labels): &'a (Vec<f32>, Vec<f64>)) -> Rows<'a> {
    Rows {
        values,
        names,
        labels,
    }
}

/// Features at the last bar of each window, `[samples, features]`, and labels.
fn last_bars(data: &Data, region: &Region) -> (Vec<f32>, Vec<f64>) {
    let width = data.names.len();
    let values = region.rows.iter().flat_map(|&row| {
        let start = usize::try_from(row).unwrap_or(0) * width;
        data.values
            .get(start..start + width)
            .unwrap_or_default()
            .iter()
            .copied()
    });
    (
        values.collect(),
        region
            .labels
            .iter()
            .map(|label| f64::from(*label))
            .collect(),
    )
}
