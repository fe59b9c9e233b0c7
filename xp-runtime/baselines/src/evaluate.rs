//! Fits and evaluates baselines. One that cannot be fitted does not affect the others.

use xp_metrics::BaselineResult;
use xp_spec::baseline::Baseline;

use crate::{error::BaselineError, kinds, regions::Regions};

/// Fits and evaluates baselines, in their order.
pub fn baselines(
    kinds: &[Baseline],
    regions: &Regions<'_>,
) -> Vec<Result<BaselineResult, BaselineError>> {
    let of = |kind: Baseline| one(kind, regions);
    kinds.iter().copied().map(of).collect()
}

fn one(kind: Baseline, regions: &Regions<'_>) -> Result<BaselineResult, BaselineError> {
    let failed = |cause: String| BaselineError {
        baseline: kind.name(),
        cause,
    };
    let fitted = kinds::fit(kind)(regions).map_err(failed)?;
    if !fitted.scores.iter().all(|score| score.is_finite()) {
        return Err(failed("its scores are not finite".to_owned()));
    }
    Ok(BaselineResult::new(
        fitted.name,
        fitted.scores,
        fitted.probabilities,
        regions.evaluated.labels,
        regions.block,
    ))
}
