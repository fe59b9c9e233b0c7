//! Differences on common samples: of each pair of runs, and their mean.

use xp_metrics::{Blocks, REPLICATES};

use super::{
    model::{Mean, Measure, Pair, Region},
    pairs::Two,
    samples::Common,
};
use xp_scaling::{Series, student::mean_interval};

use crate::{record::Predictions, report::losses::LOSSES};

/// All measures on the common samples of a region.
pub(super) fn region(common: Common, pairs: &[Two<'_>]) -> Region {
    // Blocks of the side whose bars are shorter span more samples.
    let least = pairs
        .iter()
        .flat_map(|(one, other)| [one.block_length(), other.block_length()])
        .max()
        .unwrap_or(1);
    let set = |run| Predictions {
        dates: Vec::new(),
        probabilities: common.which.on(run, &common.days),
        labels: common.labels.clone(),
    };
    let sets: Vec<(Predictions, Predictions)> = pairs
        .iter()
        .map(|(one, other)| (set(one), set(other)))
        .collect();
    let ours: Vec<&Predictions> = sets.iter().map(|(one, _)| one).collect();
    let theirs: Vec<&Predictions> = sets.iter().map(|(_, other)| other).collect();
    let lengths = LOSSES.iter().map(|loss| loss.block(&ours, &theirs, least));
    let block = lengths.max().unwrap_or(least);
    let n = common.labels.len();
    let blocks = Blocks::new(n, block, REPLICATES);
    let measures = LOSSES
        .iter()
        .filter_map(|loss| {
            let of = |set| (loss.series)(set, &blocks);
            let series: Option<Vec<(Series, Series)>> = sets
                .iter()
                .map(|(one, other)| Some((of(one)?, of(other)?)))
                .collect();
            measure(loss.name, pairs, &series?)
        })
        .collect();
    let day = |day: Option<&String>| day.cloned().unwrap_or_default();
    Region {
        name: common.which.name,
        n,
        positives: common.labels.iter().filter(|y| **y == 1.0).count(),
        days: (day(common.days.first()), day(common.days.last())),
        only_a: common.only_a,
        only_b: common.only_b,
        block,
        measures,
    }
}

fn measure(name: &'static str, pairs: &[Two<'_>], series: &[(Series, Series)]) -> Option<Measure> {
    let differences: Vec<Series> = series.iter().map(|(one, other)| one.minus(other)).collect();
    let values: Vec<f64> = differences.iter().map(|series| series.value).collect();
    let mean = Series::over_seeds(&differences, 0)?;
    let average =
        |of: fn(&(Series, Series)) -> f64| series.iter().map(of).sum::<f64>() / series.len() as f64;
    Some(Measure {
        name,
        pairs: pairs
            .iter()
            .zip(series)
            .zip(&differences)
            .map(|(((one, other), (a, b)), difference)| Pair {
                seed_a: one.row.seed,
                seed_b: other.row.seed,
                a: a.value,
                b: b.value,
                difference: difference.value,
                interval: difference.interval(),
            })
            .collect(),
        mean: Mean {
            pairs: series.len(),
            a: average(|(one, _)| one.value),
            b: average(|(_, other)| other.value),
            difference: mean.value,
            interval: mean.interval(),
            seeds_interval: mean_interval(&values),
        },
    })
}
