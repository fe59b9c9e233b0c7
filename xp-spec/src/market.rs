//! A simulated market, whose label probabilities are known: an EGARCH(1,1) (Nelson 1991). The logarithm of a day's variance is a function
//! of the returns before it, so what could be predicted at best is computed and not guessed. [`SimulatedMarket`] has its parameters;
//! `xp-simulation` draws its bars.

use serde::{Deserialize, Serialize};

/// Parameters of a simulated market. With z = r/σ of a day's log return r, the next day's variance has
/// ln σ² = m + persistence·(ln σ² − m) + κ·(|z| − √(2/π))/√(1 − 2/π), m = 2 ln `volatility`, and κ such that ln σ has standard deviation
/// `signal`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SimulatedMarket {
    /// Standard deviation of daily log returns where ln σ is at its mean.
    pub volatility: f64,
    /// Standard deviation of ln σ: 0 where nothing can be learned, .4 to .5 as on stock indices, 1 much.
    pub signal: f64,
    /// Autocorrelation of ln σ² from a day to the next.
    pub persistence: f64,
    /// Share of a day's variance between the last close and the open.
    pub overnight: f64,
    /// Seed of the bars.
    pub seed: u64,
    /// Bars: trading days.
    pub days: u32,
}

impl Default for SimulatedMarket {
    fn default() -> Self {
        Self {
            volatility: 0.01,
            signal: 0.5,
            persistence: 0.95,
            overnight: 0.2,
            seed: 1,
            days: 6000,
        }
    }
}

/// Days of a simulated market at most.
pub const MOST_DAYS: u32 = 100_000;

impl SimulatedMarket {
    /// Whether the parameters describe a market; the error names the first that does not, with its bounds.
    pub fn check(&self) -> Result<(), String> {
        for (name, value, low, high) in [
            ("volatility", self.volatility, 0.0001, 0.1),
            ("signal", self.signal, 0.0, 1.0),
            ("persistence", self.persistence, 0.0, 0.99),
            ("overnight", self.overnight, 0.01, 0.9),
        ] {
            if !(low..=high).contains(&value) {
                return Err(format!(
                    "`{name}` of a simulated market is {value}, expected {low} to {high}"
                ));
            }
        }
        if self.days == 0 || self.days > MOST_DAYS {
            return Err(format!(
                "`days` of a simulated market is {}, expected 1 to {MOST_DAYS}",
                self.days
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_out_of_bounds_are_named() {
        let market = SimulatedMarket::default();
        assert_eq!(market.check(), Ok(()));
        type Change = fn(&mut SimulatedMarket);
        let cases: [(&str, Change); 7] = [
            ("volatility", |market| market.volatility = 0.0),
            ("signal", |market| market.signal = -0.1),
            ("signal", |market| market.signal = f64::NAN),
            ("persistence", |market| market.persistence = 1.0),
            ("overnight", |market| market.overnight = 0.0),
            ("days", |market| market.days = 0),
            ("days", |market| market.days = MOST_DAYS + 1),
        ];
        for (name, change) in cases {
            let mut wrong = market;
            change(&mut wrong);
            let error = wrong.check().unwrap_err();
            assert!(error.starts_with(&format!("`{name}`")), "{error}");
        }
    }
}
