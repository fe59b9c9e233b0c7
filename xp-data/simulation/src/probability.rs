//! The probability of a label given the past, by Monte Carlo. The past enters through ln σ² of the next day alone, so the probability is
//! computed on a grid of it, from the same paths, and interpolated.

use xp_spec::market::SimulatedMarket;

use crate::{grid::Grid, paths::Paths, question::Question, variance::Recursion};

/// Paths, each with its mirror image: at the most uncertain states of markets from no signal to the largest the standard error is 3.1e-4,
/// and an error of 1e-3 three times that.
pub(crate) const PAIRS: usize = 1 << 20;
pub(crate) const SEED: u64 = 0x5EED;

/// The probability of a positive label after each day, given all closes up to it: `[closes]`. The closes are those of the market's bars,
/// from the first one on. The error is below 1e-3.
pub fn probabilities(market: &SimulatedMarket, question: Question, closes: &[f64]) -> Vec<f64> {
    let states = Recursion::new(market).after(closes);
    let grid = Grid::over(&states);
    let values = Paths::new(market, question).at(&grid.points(), PAIRS, SEED);
    let at = |state: &f64| grid.interpolate(&values, *state);
    states.iter().map(at).collect()
}

#[cfg(test)]
mod tests {
    use xp_spec::task::{Horizon, LabelPrice, Task};

    use super::*;
    use crate::bars::bars;

    fn question(task: Task, price: LabelPrice, days: u32) -> Question {
        Question {
            task,
            price,
            horizon: Horizon::new(days).unwrap(),
        }
    }

    fn closes(market: &SimulatedMarket) -> Vec<f64> {
        bars(market).iter().map(|bar| bar.close).collect()
    }

    /// Whether the price reaches the threshold within `days` after each day.
    fn labels(market: &SimulatedMarket, question: Question) -> Vec<f64> {
        let found = bars(market);
        let days = question.horizon.days() as usize;
        let level = 1.0 + f64::from(question.task.percent()) / 100.0;
        (0..found.len() - days)
            .map(|t| {
                let reached = found[t + 1..=t + days].iter().any(|bar| {
                    let price = match question.price {
                        LabelPrice::High => bar.high,
                        LabelPrice::Close => bar.close,
                    };
                    price >= found[t].close * level
                });
                f64::from(u8::from(reached))
            })
            .collect()
    }

    #[test]
    fn a_market_without_signal_has_one_probability() {
        let market = SimulatedMarket {
            signal: 0.0,
            days: 300,
            ..SimulatedMarket::default()
        };
        let closes = closes(&market);
        for (task, expected) in [
            // 1 − Φ(ln 1.01/.01) and 1 − Φ(ln 1.02/.01).
            (Task::Pct1, 0.159_856),
            (Task::Pct2, 0.023_831),
        ] {
            let asked = question(task, LabelPrice::Close, 1);
            let found = probabilities(&market, asked, &closes);
            assert_eq!(found.len(), 300);
            assert!(found.iter().all(|p| *p == found[0]));
            assert!(
                (found[0] - expected).abs() < 1e-3,
                "{} {expected}",
                found[0]
            );
        }
    }

    /// Labels are as frequent as their probabilities say, overall and where they are large or small.
    #[test]
    fn labels_are_as_frequent_as_their_probabilities() {
        let market = SimulatedMarket {
            days: 60_000,
            ..SimulatedMarket::default()
        };
        let closes = closes(&market);
        for (task, price, days) in [
            (Task::Pct1, LabelPrice::High, 5),
            (Task::Pct3, LabelPrice::High, 5),
            (Task::Pct2, LabelPrice::Close, 3),
        ] {
            let asked = question(task, price, days);
            let found = probabilities(&market, asked, &closes);
            let labels = labels(&market, asked);
            let mut order: Vec<usize> = (0..labels.len()).collect();
            order.sort_by(|a, b| found[*a].total_cmp(&found[*b]));
            for part in order.chunks(order.len() / 5) {
                let n = part.len() as f64;
                let expected = part.iter().map(|at| found[*at]).sum::<f64>() / n;
                let seen = part.iter().map(|at| labels[*at]).sum::<f64>() / n;
                // Labels of `days` days overlap.
                let error = (expected * (1.0 - expected) * f64::from(days) / n).sqrt();
                assert!(
                    (expected - seen).abs() < 3.5 * error,
                    "{asked:?}: {expected} {seen} ± {error}"
                );
            }
        }
    }
}
