//! Baselines on the same rows, label and split as a model: it has to beat them (F40). They see what a sample's last bar tells, are fitted
//! on train, choose what they have to choose on validation, as a model does, and know nothing of the rows they are judged on.
//! Deterministic: fixed seeds, one thread.

mod boosting;
mod feature;
mod forest;
mod logistic;
mod rows;

pub use rows::Rows;
use xp_metrics::{BaselineResult, base_rate, log_loss};
use xp_spec::baseline::Baseline;

/// A baseline that could not be fitted; the others and the run go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the baseline `{baseline}` could not be fitted: {cause}")]
pub struct BaselineError {
    /// Which one, by its name in the grammar.
    pub baseline: &'static str,
    /// Why.
    pub cause: String,
}

/// Rows of the regions that a baseline meets.
#[derive(Debug, Clone, Copy)]
pub struct Regions<'a> {
    /// To fit on.
    pub train: Rows<'a>,
    /// To choose on.
    pub val: Rows<'a>,
    /// To be judged on; validation itself for a search.
    pub judged: Rows<'a>,
    /// Samples of a bootstrap's block.
    pub block: usize,
}

/// What a fitted baseline says of the judged rows.
struct Scored {
    /// With what it has chosen.
    name: String,
    /// Probabilities of the positive class, or scores in their order, per judged row.
    scores: Vec<f64>,
    /// Whether the scores are probabilities.
    probabilities: bool,
}

/// Fits and judges baselines, in their order.
pub fn baselines(
    kinds: &[Baseline],
    regions: Regions<'_>,
) -> Vec<Result<BaselineResult, BaselineError>> {
    kinds
        .iter()
        .map(|&kind| {
            let scored = match kind {
                Baseline::Prior => Ok(prior(&regions)),
                Baseline::BestFeature => feature::best(&regions),
                Baseline::Logistic => logistic::fit(&regions),
                Baseline::Boosting => boosting::fit(&regions),
                Baseline::Forest => forest::fit(&regions),
            };
            match scored {
                Ok(scored) if scored.scores.iter().all(|score| score.is_finite()) => {
                    Ok(BaselineResult::new(
                        scored.name,
                        scored.scores,
                        scored.probabilities,
                        regions.judged.labels,
                        regions.block,
                    ))
                }
                Ok(_) => Err("it gave numbers that are not finite".to_owned()),
                Err(cause) => Err(cause),
            }
            .map_err(|cause| BaselineError {
                baseline: kind.name(),
                cause,
            })
        })
        .collect()
}

fn prior(regions: &Regions<'_>) -> Scored {
    Scored {
        name: "class prior".to_owned(),
        scores: vec![base_rate(regions.train.labels); regions.judged.len()],
        probabilities: true,
    }
}

/// The candidate with the least mean log-loss on validation; the first of equals.
fn least<T>(
    candidates: impl IntoIterator<Item = Result<(T, Vec<f64>), String>>,
    labels: &[f64],
) -> Result<T, String> {
    let mut best: Option<(f64, T)> = None;
    for candidate in candidates {
        let (candidate, probabilities) = candidate?;
        let loss = log_loss(&probabilities, labels);
        if loss.is_finite() && best.as_ref().is_none_or(|(least, _)| loss < *least) {
            best = Some((loss, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
        .ok_or_else(|| "no candidate has a finite loss on validation".to_owned())
}
