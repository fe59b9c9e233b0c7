//! A model beside what was evaluated on the same test days: its baselines and, of a simulated market, what nothing beats but by luck.

use xp_metrics::{BaselineResult, Blocks, REPLICATES};
use xp_scaling::Series;

use super::{
    losses::{LOSSES, Loss},
    trained::Trained,
};
use crate::record::Predictions;

/// The baseline that knows nothing but the share of positives in train.
const CLASS_PRIOR: &str = "class prior";

/// A model by one loss, beside all that has this loss on the same days.
pub(super) struct Against {
    pub(super) loss: &'static Loss,
    /// Its mean over seeds.
    pub(super) ours: Series,
    pub(super) seeds: usize,
    pub(super) baselines: Vec<Compared>,
    /// What a model beats by luck only; of a simulated market.
    pub(super) bayes: Option<Compared>,
}

/// A baseline beside the model.
pub(super) struct Compared {
    pub(super) name: String,
    pub(super) theirs: Series,
    /// The model's mean over seeds less the baseline's.
    pub(super) difference: Series,
}

impl Against {
    /// The baseline of the lowest loss on test.
    pub(super) fn best(&self) -> Option<&Compared> {
        let baselines = self.baselines.iter();
        baselines.min_by(|a, b| a.theirs.value.total_cmp(&b.theirs.value))
    }

    /// The class prior.
    pub(super) fn prior(&self) -> Option<&Compared> {
        self.baselines.iter().find(|one| one.name == CLASS_PRIOR)
    }
}

/// A model by each loss that it has; `key` tells the random draws of models apart.
pub(super) fn against(model: &Trained<'_>, key: usize) -> Vec<Against> {
    let of_loss = |loss: &'static Loss| {
        let seeds = (loss.seeds)(model);
        let ours = Series::over_seeds(seeds, key as u64)?;
        let beside = |baseline| compared(model, key, loss, &ours, baseline);
        let baselines = baselines(model).filter_map(beside).collect();
        let bayes = bayes(model).filter(|_| loss.of_probabilities);
        Some(Against {
            loss,
            seeds: seeds.len(),
            baselines,
            bayes: bayes.and_then(beside),
            ours,
        })
    };
    LOSSES.iter().filter_map(of_loss).collect()
}

/// A model, by its mean over seeds, beside a baseline, in blocks as long as their difference needs; absent where the loss is not defined.
fn compared(
    model: &Trained<'_>,
    key: usize,
    loss: &Loss,
    ours: &Series,
    baseline: &BaselineResult,
) -> Option<Compared> {
    if loss.of_probabilities && !baseline.probabilities {
        return None;
    }
    let theirs = Predictions {
        dates: Vec::new(),
        probabilities: baseline.scores.clone(),
        labels: model.test.labels.clone(),
    };
    let least = model.blocks.length();
    let length = loss.block(&model.tests(), &[&theirs], least);
    let of_theirs = (loss.series)(&theirs, &model.blocks)?;
    let difference = if length == least {
        ours.minus(&of_theirs)
    } else {
        let blocks = Blocks::new(model.test.labels.len(), length, REPLICATES);
        let tests = model.tests().into_iter();
        let seeds: Option<Vec<Series>> = tests.map(|set| (loss.series)(set, &blocks)).collect();
        let ours = Series::over_seeds(&seeds?, key as u64)?;
        ours.minus(&(loss.series)(&theirs, &blocks)?)
    };
    Some(Compared {
        name: baseline.name.clone(),
        theirs: of_theirs,
        difference,
    })
}

/// Baselines that were evaluated on the model's samples.
fn baselines<'a>(model: &'a Trained<'_>) -> impl Iterator<Item = &'a BaselineResult> {
    let results = model.record().map_or(&[][..], |record| &record.baselines);
    results
        .iter()
        .filter(|baseline| baseline.scores.len() == model.test.labels.len())
}

fn bayes<'a>(model: &'a Trained<'_>) -> Option<&'a BaselineResult> {
    let bayes = model.record()?.bayes.as_ref()?;
    (bayes.scores.len() == model.test.labels.len()).then_some(bayes)
}
