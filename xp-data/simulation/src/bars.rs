//! Bars of a simulated market. The price is a martingale in its logarithm: returns have mean 0 whatever their variance. Between open and
//! close it is a Brownian motion, whose high and low given both are drawn from their own exact distributions, independently of each other.
//! Volume tells nothing.

use xp_metrics::Draws;
use xp_spec::market::SimulatedMarket;

use crate::variance::Recursion;

/// The close before the first bar.
const START: f64 = 1000.0;
/// Median and standard deviation of the logarithm of volume.
const VOLUME: (f64, f64) = (1e6, 0.3);

/// A day's prices and volume.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// First price.
    pub open: f64,
    /// Highest price.
    pub high: f64,
    /// Lowest price.
    pub low: f64,
    /// Last price.
    pub close: f64,
    /// Traded volume.
    pub volume: f64,
}

/// The bars of a market, `[days]`. Prices have seven significant digits, and variances are of prices as they are written, so a bar is a
/// function of the seed and of the bars before it, on any machine.
pub fn bars(market: &SimulatedMarket) -> Vec<Bar> {
    let recursion = Recursion::new(market);
    let mut draws = Draws::new(market.seed);
    let (mut before, mut log_variance) = (START, recursion.first());
    let mut found = Vec::with_capacity(market.days as usize);
    for day in 0..market.days {
        let bar = bar(market, before, log_variance, &mut draws);
        // The first bar has no close before it, so its return is not known to who sees the bars.
        if day > 0 {
            log_variance = recursion.after_close(log_variance, before, bar.close);
        }
        before = bar.close;
        found.push(bar);
    }
    found
}

fn bar(market: &SimulatedMarket, before: f64, log_variance: f64, draws: &mut Draws) -> Bar {
    let variance = log_variance.exp();
    let within = (1.0 - market.overnight) * variance;
    let (gap, move_) = draws.normals();
    let open = (market.overnight * variance).sqrt() * gap;
    let close = open + within.sqrt() * move_;
    // Extremes of a Brownian bridge: P(max ≥ m) = exp(−2(m − open)(m − close)/variance).
    let mut extreme = |sign: f64| {
        let spread = ((close - open).powi(2) - 2.0 * within * draws.uniform().ln()).sqrt();
        0.5 * (open + close + sign * spread)
    };
    let (high, low) = (extreme(1.0), extreme(-1.0));
    let price = |log: f64| rounded(before * log.exp());
    Bar {
        open: price(open),
        high: price(high),
        low: price(low),
        close: price(close),
        volume: (VOLUME.0 * (VOLUME.1 * draws.normal()).exp()).round(),
    }
}

/// To seven significant digits.
fn rounded(price: f64) -> f64 {
    let digits = (6.0 - price.log10().floor()) as i32;
    let scale = 10_f64.powi(digits.abs());
    if digits < 0 {
        (price / scale).round() * scale
    } else {
        (price * scale).round() / scale
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log_returns(bars: &[Bar]) -> Vec<f64> {
        bars.array_windows()
            .map(|[before, bar]| (bar.close / before.close).ln())
            .collect()
    }

    #[test]
    fn bars_are_possible_and_the_same_for_a_seed() {
        let market = SimulatedMarket::default();
        let found = bars(&market);
        assert_eq!(found.len(), 6000);
        for bar in &found {
            assert!(bar.low <= bar.open.min(bar.close) && bar.high >= bar.open.max(bar.close));
            assert!(bar.low > 0.0 && bar.volume >= 1.0);
            assert_eq!(rounded(bar.close), bar.close);
        }
        assert_eq!(found, bars(&market));
        let other = SimulatedMarket { seed: 2, ..market };
        assert_ne!(found, bars(&other));
        // Fewer days are the first ones.
        let few = SimulatedMarket { days: 10, ..market };
        assert_eq!(bars(&few), found[..10]);
    }

    /// The deviation of ln σ is `signal`, that of a market's returns at no signal is `volatility`; returns tell nothing of the next one.
    #[test]
    fn volatility_varies_as_much_as_asked() {
        for signal in [0.0, 0.25, 0.5, 1.0] {
            let market = SimulatedMarket {
                signal,
                days: 60_000,
                ..SimulatedMarket::default()
            };
            let found = bars(&market);
            let closes: Vec<f64> = found.iter().map(|bar| bar.close).collect();
            let path = Recursion::new(&market).after(&closes);
            assert_eq!(path.len(), closes.len());
            let mean = path.iter().sum::<f64>() / path.len() as f64;
            let variance = path.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / path.len() as f64;
            let deviation = 0.5 * variance.sqrt();
            assert!(
                (deviation - signal).abs() < 0.08 * signal + 1e-9,
                "{signal}: {deviation}"
            );
            assert!(
                (0.5 * mean - market.volatility.ln()).abs() < 0.1 * signal + 1e-9,
                "{signal}: {mean}"
            );
            let returns = log_returns(&found);
            let squares: f64 = returns.iter().map(|r| r * r).sum();
            let lagged: f64 = returns.array_windows().map(|[a, b]| a * b).sum();
            assert!(
                (lagged / squares).abs() < 0.02 + 0.06 * signal,
                "{}",
                lagged / squares
            );
            if signal == 0.0 {
                let deviation = (squares / returns.len() as f64).sqrt();
                assert!(
                    (deviation / market.volatility - 1.0).abs() < 0.015,
                    "{deviation}"
                );
            }
        }
    }

    #[test]
    fn prices_have_seven_digits() {
        for (price, expected) in [
            (1_234.567_891, 1_234.568),
            (0.012_345_678_9, 0.012_345_68),
            (123_456_789.0, 123_456_800.0),
            (1000.0, 1000.0),
        ] {
            assert!((rounded(price) / expected - 1.0).abs() < 1e-15, "{price}");
        }
    }
}
