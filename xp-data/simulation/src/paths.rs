//! Monte Carlo from given states.

use xp_metrics::Draws;
use xp_spec::{market::SimulatedMarket, task::LabelPrice};

use crate::{question::Question, variance::Recursion};

/// Paths at a time, which fit into a cache.
const CHUNK: usize = 1 << 12;

/// Paths from given states.
pub(crate) struct Paths<'a> {
    market: &'a SimulatedMarket,
    recursion: Recursion,
    question: Question,
}

impl<'a> Paths<'a> {
    pub(crate) fn new(market: &'a SimulatedMarket, question: Question) -> Self {
        Self {
            market,
            recursion: Recursion::new(market),
            question,
        }
    }

    /// Share of the paths from each state that reach the threshold; the moves are the same for all states.
    pub(crate) fn at(&self, states: &[f64], pairs: usize, seed: u64) -> Vec<f64> {
        let days = self.question.horizon.days() as usize;
        let mut draws = Draws::new(seed);
        let mut moves = vec![(0.0, 0.0); CHUNK * days];
        let mut survived = vec![0.0; states.len()];
        let chunks = pairs.div_ceil(CHUNK);
        for _ in 0..chunks {
            moves.fill_with(|| draws.normals());
            for (survived, state) in survived.iter_mut().zip(states) {
                let of_path = |path: &[(f64, f64)]| self.survived(path, *state);
                *survived += moves.chunks_exact(days.max(1)).map(of_path).sum::<f64>();
            }
        }
        let n = 2.0 * (chunks * CHUNK) as f64;
        survived.iter().map(|sum| 1.0 - sum / n).collect()
    }

    /// The probability that a path and that its mirror image stay below the threshold, added. Between open and close a path is not drawn:
    /// what it survives is known.
    fn survived(&self, path: &[(f64, f64)], state: f64) -> f64 {
        let barrier = (f64::from(self.question.task.percent()) / 100.0).ln_1p();
        let overnight = self.market.overnight;
        let mut state = state;
        let mut sides = [(1.0, 0.0, 1.0), (-1.0, 0.0, 1.0)];
        for (gap, within) in path {
            let deviation = (0.5 * state).exp();
            let (gap, within) = (overnight.sqrt() * gap, (1.0 - overnight).sqrt() * within);
            let variance = (1.0 - overnight) * deviation * deviation;
            for (sign, price, alive) in &mut sides {
                let open = *price + *sign * deviation * gap;
                let close = open + *sign * deviation * within;
                *price = close;
                *alive *= match self.question.price {
                    _ if close >= barrier => 0.0,
                    LabelPrice::Close => 1.0,
                    LabelPrice::High if open >= barrier => 0.0,
                    LabelPrice::High => {
                        1.0 - (-2.0 * (barrier - open) * (barrier - close) / variance).exp()
                    }
                };
            }
            state = self.recursion.next(state, gap + within);
        }
        sides.iter().map(|(_, _, alive)| alive).sum()
    }
}

#[cfg(test)]
mod tests {
    use xp_spec::task::{Horizon, Task};

    use super::*;
    use crate::probability::{PAIRS, SEED};

    /// Another seed agrees within √2 of the error that is promised, at the states where probabilities are most uncertain too.
    #[test]
    fn the_error_is_below_a_thousandth() {
        let market = SimulatedMarket::default();
        for (task, price, days) in [
            (Task::Pct1, LabelPrice::High, 5),
            (Task::Pct3, LabelPrice::High, 5),
            (Task::Pct3, LabelPrice::Close, 7),
        ] {
            let question = Question {
                task,
                price,
                horizon: Horizon::new(days).unwrap(),
            };
            let paths = Paths::new(&market, question);
            let states = [-11.0, -9.2, -8.0, -6.5];
            let ours = paths.at(&states, PAIRS, SEED);
            for (a, b) in ours.iter().zip(paths.at(&states, PAIRS, 9)) {
                assert!((a - b).abs() < 1.4e-3, "{task} {price:?}: {a} {b}");
            }
        }
    }
}
