//! Trainings that can be compared: the seeds of one experiment, with their test losses as replicates of the same days.

use std::collections::BTreeMap;

use xp_metrics::{Blocks, REPLICATES, log_losses, roc_auc, roc_auc_replicates};
use xp_scaling::Series;

use super::{numbers::mean_sd, run::Run};
use crate::record::{Predictions, RunRecord};

/// The seeds of one experiment.
pub(super) struct Trained<'a> {
    pub(super) seeds: Vec<&'a Run>,
    pub(super) test: &'a Predictions,
    pub(super) blocks: std::rc::Rc<Blocks>,
    /// Test log-loss of each seed.
    pub(super) losses: Vec<Series>,
    /// 1 − AUC on test of each seed; empty where test has one class.
    pub(super) errors: Vec<Series>,
    /// Log-loss of the simulated market's own probabilities on the same days, which a model beats by luck only.
    pub(super) bayes: Option<Series>,
}

impl Trained<'_> {
    /// Its newest run.
    pub(super) fn run(&self) -> Option<&Run> {
        self.seeds.last().copied()
    }

    /// The record of its newest run.
    pub(super) fn record(&self) -> Option<&RunRecord> {
        self.records().next_back()
    }

    fn records(&self) -> impl DoubleEndedIterator<Item = &RunRecord> {
        self.seeds.iter().filter_map(|run| run.record.as_ref())
    }

    /// Test predictions of its seeds.
    pub(super) fn tests(&self) -> Vec<&Predictions> {
        self.records()
            .filter_map(|record| record.test.as_ref())
            .collect()
    }

    /// Whether two were evaluated on the same days and labels, so that they can be paired.
    pub(super) fn pairs_with(&self, other: &Trained<'_>) -> bool {
        self.test.dates == other.test.dates && self.test.labels == other.test.labels
    }
}

/// Finished trainings by experiment, in order of first appearance. Seeds that were evaluated on other samples than the newest are left out.
pub(super) fn trained<'a>(finished: &[&'a Run]) -> Vec<Trained<'a>> {
    let mut order: Vec<&str> = Vec::new();
    let mut groups: BTreeMap<&str, Vec<(&'a Run, &'a Predictions)>> = BTreeMap::new();
    for &run in finished {
        let test = run.record.as_ref().and_then(|record| record.test.as_ref());
        let consistent = |test: &&Predictions| {
            let n = test.labels.len();
            n > 0 && test.probabilities.len() == n && test.dates.len() == n
        };
        if let Some(test) = test.filter(consistent) {
            let group = groups.entry(&run.row.experiment).or_default();
            if group.is_empty() {
                order.push(&run.row.experiment);
            }
            group.push((run, test));
        }
    }
    let mut drawn: BTreeMap<(usize, usize), std::rc::Rc<Blocks>> = BTreeMap::new();
    order
        .into_iter()
        .filter_map(|name| {
            let group = groups.remove(name)?;
            let (newest, test) = group.last().copied()?;
            let (n, length) = (test.labels.len(), newest.block_length());
            let blocks = drawn
                .entry((n, length))
                .or_insert_with(|| std::rc::Rc::new(Blocks::new(n, length, REPLICATES)))
                .clone();
            let same = group
                .into_iter()
                .filter(|(_, other)| other.dates == test.dates && other.labels == test.labels);
            let (seeds, sets): (Vec<&Run>, Vec<&Predictions>) = same.unzip();
            let losses = sets.iter().map(|set| loss(set, &blocks)).collect();
            let errors: Option<Vec<Series>> = sets.iter().map(|set| error(set, &blocks)).collect();
            let bayes = newest
                .record
                .as_ref()?
                .bayes
                .as_ref()
                .map(|bayes| Predictions {
                    dates: Vec::new(),
                    probabilities: bayes.scores.clone(),
                    labels: test.labels.clone(),
                });
            let bayes = bayes.filter(|set| set.probabilities.len() == n);
            Some(Trained {
                seeds,
                test,
                bayes: bayes.map(|set| loss(&set, &blocks)),
                losses,
                errors: errors.unwrap_or_default(),
                blocks,
            })
        })
        .collect()
}

/// Finished trainings that are in no law and no comparison: their records are missing, or they were evaluated on other days than the
/// newest seed.
pub(super) fn left_out<'a>(finished: &[&'a Run], trained: &[Trained<'_>]) -> Vec<&'a Run> {
    let counted: Vec<&Run> = trained
        .iter()
        .flat_map(|trained| trained.seeds.iter().copied())
        .collect();
    let trainings = finished
        .iter()
        .copied()
        .filter(|run| run.row.run_type == "training");
    trainings
        .filter(|run| !counted.iter().any(|other| std::ptr::eq(*other, *run)))
        .collect()
}

/// Mean ± standard deviation of the values of seeds, with their number.
pub(super) fn spread(seeds: &[Series]) -> String {
    mean_sd(&seeds.iter().map(|seed| seed.value).collect::<Vec<_>>())
}

/// Mean log-loss with its replicates.
pub(super) fn loss(set: &Predictions, blocks: &Blocks) -> Series {
    let losses = log_losses(&set.probabilities, &set.labels);
    let n = losses.len() as f64;
    Series {
        value: losses.iter().sum::<f64>() / n,
        replicates: blocks.sums(&losses).iter().map(|sum| sum / n).collect(),
    }
}

/// 1 − AUC with its replicates; absent for one class.
pub(super) fn error(set: &Predictions, blocks: &Blocks) -> Option<Series> {
    Some(Series {
        value: 1.0 - roc_auc(&set.probabilities, &set.labels)?,
        replicates: roc_auc_replicates(blocks, &set.probabilities, &set.labels)
            .iter()
            .map(|auc| 1.0 - auc)
            .collect(),
    })
}
