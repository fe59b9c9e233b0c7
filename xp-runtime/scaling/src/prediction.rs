//! What the law predicts at a size, with its band.

use super::{measured::Measured, pooled::Scatter, student::reach};

/// The line in logarithms with all that its band needs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Prediction {
    level: f64,
    slope: f64,
    centre: f64,
    sxx: f64,
    sizes: f64,
    scatter: (f64, f64),
    seeds: (f64, f64),
    /// Level and slope of each replicate of days.
    days: Vec<(f64, f64)>,
    day_df: f64,
}

impl Prediction {
    pub(crate) fn new(measured: &Measured, scatter: Scatter) -> Self {
        let line = &measured.line;
        let days = measured.replicates.iter();
        Self {
            level: line.level,
            slope: line.slope,
            centre: line.centre,
            sxx: line.sxx,
            sizes: line.residuals.len() as f64,
            scatter: (scatter.variance, scatter.df),
            seeds: (measured.seed_scatter, measured.seed_df),
            days: days.map(|line| (line.level, line.slope)).collect(),
            day_df: measured.day_df,
        }
    }

    /// Its ln L at a size.
    pub(crate) fn at(&self, size: f64) -> f64 {
        self.level + self.slope * (size.ln() - self.centre)
    }

    /// 95 % band at a size: the wider of what sizes scatter and of what days and seeds explain, as for the exponent.
    pub(crate) fn band(&self, size: f64) -> (f64, f64) {
        let x = size.ln() - self.centre;
        let leverage = 1.0 / self.sizes + x * x / self.sxx;
        let count = self.days.len() as f64;
        let drawn = |(level, slope): &(f64, f64)| level + slope * x;
        let mean = self.days.iter().map(drawn).sum::<f64>() / count;
        let squares = self.days.iter().map(|day| (drawn(day) - mean).powi(2));
        let days = squares.sum::<f64>() / (count - 1.0);
        let (scatter, scatter_df) = self.scatter;
        let (seeds, seed_df) = self.seeds;
        let by_sizes = [(scatter * leverage, scatter_df), (days, self.day_df)];
        let by_seeds = [(seeds * leverage, seed_df), (days, self.day_df)];
        let reach = reach(&by_sizes, 0.05).max(reach(&by_seeds, 0.05));
        ((self.at(size) - reach).exp(), (self.at(size) + reach).exp())
    }
}
