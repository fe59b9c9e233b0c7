//! What a family of features is: one function of the bars' series, over several windows. Each family has a file of its own.

use super::feature::{Compute, Feature};

/// A family of the tiers, which decide its windows.
pub(crate) struct Family {
    /// Name; columns are `{name}_{window}`.
    pub(crate) name: &'static str,
    /// Bars without a value beyond `w − 1`.
    pub(crate) warmup: usize,
    /// Formula.
    pub(crate) definition: &'static str,
    /// One value per bar, from bars up to it.
    pub(crate) compute: Compute,
}

impl Family {
    /// Its feature of a window.
    pub(super) fn feature(&self, window: usize, tier: Option<u32>) -> Feature {
        Feature {
            name: format!("{}_{window}", self.name),
            family: self.name,
            window,
            tier,
            warmup: window - 1 + self.warmup,
            definition: self.definition,
            compute: self.compute,
        }
    }
}

/// A family of a user's own, in no tier.
pub(crate) struct OwnFamily {
    /// The family.
    pub(crate) family: Family,
    /// Windows in bars.
    pub(crate) windows: &'static [usize],
    /// Window, day of the shipped NASDAQ data, and the value there by another tool, at least one for each window.
    #[cfg_attr(not(test), expect(dead_code, reason = "tests compare them"))]
    pub(crate) examples: &'static [(usize, &'static str, f64)],
}

impl OwnFamily {
    /// A feature for each window.
    pub(crate) fn features(&self) -> impl Iterator<Item = Feature> {
        self.windows
            .iter()
            .map(|&window| self.family.feature(window, None))
    }
}
