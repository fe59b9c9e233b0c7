//! The series of one data set, computed once, and the values of features on them.

use super::{feature::Feature, series::BarSeries};
use xp_bars::Bars;

/// Series shared by all features of one data set.
pub struct Prepared(BarSeries);

impl Prepared {
    /// Prepares bars.
    pub fn new(bars: &Bars) -> Self {
        Self(BarSeries::new(bars))
    }

    /// Values of a feature, one per bar, NaN in its warm-up.
    pub fn compute(&self, feature: &Feature) -> Vec<f64> {
        (feature.compute)(&self.0, feature.window)
    }
}
