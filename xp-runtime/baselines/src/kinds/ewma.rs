//! Crossing probability by an exponentially weighted average of squared returns, whose decay λ is the most likely one on train.

use crate::{
    fitted::Fitted,
    regions::Regions,
    volatility::{self, Forecast, Process, minimum},
};

/// Probabilities, calibrated on train.
pub(crate) fn fit(regions: &Regions<'_>) -> Result<Fitted, String> {
    volatility::fit(regions, forecast)
}

/// The average with the most likely λ for squared returns.
pub(super) fn forecast(squares: &[f64]) -> Result<Forecast, String> {
    let lambda = |logit: f64| 1.0 / (1.0 + (-logit).exp());
    let loss = |at: &[f64]| {
        at.iter()
            .map(|at| Process::weighted(lambda(*at)).loss(squares))
            .sum()
    };
    // From λ of .73 to .99.
    let starts = [1.0, 2.0, 3.0, 4.0, 5.0].map(|logit| vec![logit]);
    let found = minimum(loss, starts.to_vec())?;
    let lambda = found.first().copied().map_or(f64::NAN, lambda);
    Ok(Forecast {
        name: format!("EWMA volatility (λ {lambda:.3})"),
        process: Process::weighted(lambda),
    })
}
