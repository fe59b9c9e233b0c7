//! The experiment's baselines on the rows of a run (F40).

use xp_baselines::{Regions, Rows, baselines};
use xp_host::interrupt;
use xp_report::baselines::Baseline;

use crate::{data::Data, error::RunError, run::Run, train::Region};

/// Fits the experiment's baselines on train and judges them on a region. One that cannot be fitted is said, and
/// why it is missing comes second. Ctrl-C is noticed between two of them: what they are beside is made again by the same command.
pub(crate) fn judge(
    run: &Run,
    data: &Data,
    region: &Region,
) -> Result<(Vec<Baseline>, Vec<String>), RunError> {
    let (train, val, judged) = (
        last_bars(data, &data.train),
        last_bars(data, &data.val),
        last_bars(data, region),
    );
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for kind in &run.experiment.baselines {
        if interrupt::requested() {
            return Err(RunError::Interrupted(
                "interrupted beside the baselines; run the same command to go on".to_owned(),
            ));
        }
        let regions = Regions {
            train: rows(&data.names, &train),
            val: rows(&data.names, &val),
            judged: rows(&data.names, &judged),
            block: run.experiment.block_length(),
        };
        for judged in baselines(std::slice::from_ref(kind), regions) {
            match judged {
                Ok(judged) => found.push(judged),
                Err(error) => {
                    run.output.complain(&format!("warning: {error}"));
                    missing.push(error.to_string());
                }
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
