//! From closes to calibrated probabilities, by any process of the variance.

use xp_spec::task::LabelPrice;

use super::{
    calibration::Calibration,
    crossing::{Monitoring, crossing},
    process::Process,
};
use crate::{fitted::Fitted, market::Market, regions::Regions};

/// A fitted process of the variance.
pub(crate) struct Forecast {
    /// Name with its parameters.
    pub(crate) name: String,
    pub(crate) process: Process,
}

/// Fits a process on the squared returns of train, and calibrates its crossing probabilities there.
pub(crate) fn fit(
    regions: &Regions<'_>,
    process: impl Fn(&[f64]) -> Result<Forecast, String>,
) -> Result<Fitted, String> {
    let squares = squared_returns(regions.market.closes);
    // Return i leads to day i + 1: those up to the last day of train.
    let last = regions.train.days.last().copied().unwrap_or(0);
    let train = squares.get(..last).unwrap_or_default();
    if !train.iter().any(|square| *square > 0.0) {
        return Err("the closes of train do not move, or are missing".to_owned());
    }
    let Forecast { name, process } = process(train)?;
    let variances = process.variances(&squares);
    let probabilities = |days: &[usize]| -> Result<Vec<f64>, String> {
        days.iter()
            .map(|&day| {
                let next = variances.get(day).ok_or("a day has no close")?;
                Ok(probability(&regions.market, &process, *next))
            })
            .collect()
    };
    let calibration = Calibration::fit(&probabilities(regions.train.days)?, regions.train.labels)?;
    Ok(Fitted {
        name,
        scores: calibration.apply(&probabilities(regions.evaluated.days)?),
        probabilities: true,
    })
}

/// Squared log returns, the i-th from day i to day i + 1: `[days − 1]`.
fn squared_returns(closes: &[f64]) -> Vec<f64> {
    closes
        .array_windows()
        .map(|[before, after]| (after / before).ln().powi(2))
        .collect()
}

/// The probability that the price reaches the threshold, before calibration, from the variance of the next day.
fn probability(market: &Market<'_>, process: &Process, next: f64) -> f64 {
    let barrier = (f64::from(market.task.percent()) / 100.0).ln_1p();
    let variances = process.ahead(next, market.horizon.days() as usize);
    let monitoring = match market.price {
        LabelPrice::High => Monitoring::Continuous,
        LabelPrice::Close => Monitoring::Daily,
    };
    crossing(barrier, &variances, monitoring)
}

#[cfg(test)]
mod tests {
    use xp_spec::task::{Horizon, Task};
    use xp_test_support::Random;

    use super::*;

    /// Closes whose returns follow a process, and days of many small steps each, so that a day's high is the largest price of a path that
    /// is always watched: `[days]` and `[days]`.
    fn prices(process: Process, days: usize, random: &mut Random) -> (Vec<f64>, Vec<f64>) {
        const STEPS: usize = 40;
        let mut variance = process.omega / (1.0 - process.alpha - process.beta);
        let (mut close, mut closes, mut highs) = (0.0, vec![1.0], vec![1.0]);
        for _ in 1..days {
            let (before, mut high) = (close, close);
            let deviation = (variance / STEPS as f64).sqrt();
            for _ in 0..STEPS {
                close += deviation * random.normal();
                // What lies between two steps: .5826 standard deviations (Broadie, Glasserman & Kou 1997).
                high = f64::max(high, close + 0.5826 * deviation);
            }
            variance = process.next(f64::powi(close - before, 2), variance);
            closes.push(close.exp());
            highs.push(high.exp());
        }
        (closes, highs)
    }

    /// Predicted before calibration, a share of `mean p` of the days must be positive, and so among those with the largest and the least
    /// predictions.
    #[test]
    fn predictions_are_as_frequent_as_simulated_paths() {
        const DAYS: usize = 30_000;
        let constant = Process {
            omega: 1e-4,
            alpha: 0.0,
            beta: 0.0,
        };
        let clustered = Process {
            omega: 2e-6,
            alpha: 0.08,
            beta: 0.9,
        };
        for (process, price, task, days) in [
            (constant, LabelPrice::High, Task::Pct1, 1),
            (constant, LabelPrice::Close, Task::Pct2, 5),
            (clustered, LabelPrice::High, Task::Pct3, 5),
            (clustered, LabelPrice::Close, Task::Pct1, 3),
        ] {
            let (closes, highs) = prices(process, DAYS, &mut Random(11));
            let market = Market {
                closes: &closes,
                task,
                price,
                horizon: Horizon::new(days).unwrap(),
            };
            let watched = if price == LabelPrice::High {
                &highs
            } else {
                &closes
            };
            let threshold = 1.0 + f64::from(task.percent()) / 100.0;
            let variances = process.variances(&squared_returns(&closes));
            // Windows that do not overlap are independent.
            let mut pairs: Vec<(f64, f64)> = (300..DAYS - days as usize)
                .step_by(days as usize)
                .map(|day| {
                    let window = &watched[day + 1..=day + days as usize];
                    let reached = window.iter().any(|price| *price >= closes[day] * threshold);
                    let p = probability(&market, &process, variances[day]);
                    (p, f64::from(u8::from(reached)))
                })
                .collect();
            pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
            let third = pairs.len() / 3;
            for part in [&pairs[..], &pairs[..third], &pairs[2 * third..]] {
                let n = part.len() as f64;
                let predicted = part.iter().map(|pair| pair.0).sum::<f64>() / n;
                let found = part.iter().map(|pair| pair.1).sum::<f64>() / n;
                let error = (part.iter().map(|(p, _)| p * (1.0 - p)).sum::<f64>()).sqrt() / n;
                // The days after the first of a window have a variance that is only expected.
                let tolerance = 4.0 * error + if process == clustered { 0.006 } else { 0.0 };
                assert!(
                    (predicted - found).abs() < tolerance,
                    "{task} {price:?} {days}: predicted {predicted:.4}, found {found:.4} ± {error:.4}"
                );
            }
        }
    }
}
