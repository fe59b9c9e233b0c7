//! The logarithm of a day's variance as a function of the closes before it.

use xp_spec::market::SimulatedMarket;

/// √(2/π): mean of |z| for a standard normal z; its variance is 1 − 2/π.
const MEAN: f64 = 0.797_884_560_802_865_4;
const DEVIATION: f64 = 0.602_810_275_058_945_7;

/// The recursion of ln σ².
#[derive(Debug, Clone, Copy)]
pub(crate) struct Recursion {
    mean: f64,
    persistence: f64,
    /// What a surprise of one standard deviation of |z| adds.
    surprise: f64,
}

impl Recursion {
    pub(crate) fn new(market: &SimulatedMarket) -> Self {
        // ln σ² = 2 ln σ is an autoregression, whose variance is κ²/(1 − persistence²).
        let surprise = 2.0 * market.signal * (1.0 - market.persistence.powi(2)).sqrt();
        Self {
            mean: 2.0 * market.volatility.ln(),
            persistence: market.persistence,
            surprise,
        }
    }

    /// ln σ² of the first day.
    pub(crate) fn first(&self) -> f64 {
        self.mean
    }

    /// ln σ² of the day after one with this ln σ² and |z|.
    pub(crate) fn next(&self, log_variance: f64, z: f64) -> f64 {
        self.mean
            + self.persistence * (log_variance - self.mean)
            + self.surprise * (z.abs() - MEAN) / DEVIATION
    }

    /// ln σ² of the day after one with this ln σ² and close, from the close before it.
    pub(crate) fn after_close(&self, log_variance: f64, before: f64, close: f64) -> f64 {
        let z = (close / before).ln() / (0.5 * log_variance).exp();
        self.next(log_variance, z)
    }

    /// ln σ² of the day after each close, `[closes]`: of the last, of a day that has not come yet.
    pub(crate) fn after(&self, closes: &[f64]) -> Vec<f64> {
        let mut log_variance = self.first();
        let mut path = Vec::with_capacity(closes.len());
        path.extend(closes.first().map(|_| log_variance));
        for [before, close] in closes.array_windows() {
            log_variance = self.after_close(log_variance, *before, *close);
            path.push(log_variance);
        }
        path
    }
}
