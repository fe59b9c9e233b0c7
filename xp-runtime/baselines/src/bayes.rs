//! The probabilities of a simulated market itself: no baseline, since no one knows them of a real one, but what a model beats by luck only.

use xp_metrics::BaselineResult;
use xp_simulation::{Question, probabilities};
use xp_spec::market::SimulatedMarket;

use crate::regions::Regions;

/// The probability of each evaluated label given all closes before it. The closes are those of the market from its first bar on.
pub fn bayes(market: &SimulatedMarket, regions: &Regions<'_>) -> BaselineResult {
    let question = Question {
        task: regions.market.task,
        price: regions.market.price,
        horizon: regions.market.horizon,
    };
    let known = probabilities(market, question, regions.market.closes);
    let evaluated = &regions.evaluated;
    let of = |day: &usize| known.get(*day).copied().unwrap_or(f64::NAN);
    BaselineResult::new(
        "Bayes".to_owned(),
        evaluated.days.iter().map(of).collect(),
        true,
        evaluated.labels,
        regions.block,
    )
}
