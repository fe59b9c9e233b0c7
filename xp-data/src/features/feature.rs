//! A feature: a causal function of bars with its name and its tier. It computes nothing itself.

use super::series::BarSeries;

/// One value a bar, NaN until there is one, of the bars' series and a window.
pub(crate) type Compute = fn(&BarSeries, usize) -> Vec<f64>;

/// A causal function of bars.
#[derive(Debug, Clone)]
pub struct Feature {
    /// Column name, `{family}_{window}` or the original study's.
    pub name: String,
    /// Family, `orig20` for the fixed ones.
    pub family: &'static str,
    /// Window in bars.
    pub window: usize,
    /// Smallest tier that holds it; none holds a user's own.
    pub tier: Option<u32>,
    /// Bars without a value at the start.
    pub warmup: usize,
    /// Formula.
    pub definition: &'static str,
    pub(super) compute: Compute,
}
