//! The experiment's baselines on the rows of a run (F40).

use xp_baselines::{Regions, Rows, baselines};
use xp_report::baselines::Baseline;

use crate::{data::Data, run::Run, train::Region};

/// Fits the experiment's baselines on train and judges them on a region. One that cannot be fitted is said, and
/// why it is missing comes second.
pub(crate) fn judge(run: &Run, data: &Data, region: &Region) -> (Vec<Baseline>, Vec<String>) {
    let (train, val, judged) = (
        last_bars(data, &data.train),
        last_bars(data, &data.val),
        last_bars(data, region),
    );
    let mut missing = Vec::new();
    let found = baselines(
        &run.experiment.baselines,
        Regions {
            train: rows(&data.names, &train),
            val: rows(&data.names, &val),
            judged: rows(&data.names, &judged),
        },
    )
    .into_iter()
    .filter_map(|judged| {
        judged
            .map_err(|error| {
                run.output.complain(&format!("warning: {error}"));
                missing.push(error.to_string());
            })
            .ok()
    })
    .collect();
    (found, missing)
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
