//! The registered baselines, one file each. A new one is a file, its two lines here and its name in `xp_spec::baseline`.

mod best_feature;
mod boosting;
mod ewma;
mod forest;
mod garch;
mod logistic;
mod prior;

use xp_spec::baseline::Baseline;

use crate::fitted::Fit;

/// The function that fits a baseline.
pub(crate) fn fit(kind: Baseline) -> Fit {
    match kind {
        Baseline::Prior => prior::fit,
        Baseline::BestFeature => best_feature::fit,
        Baseline::Logistic => logistic::fit,
        Baseline::Boosting => boosting::fit,
        Baseline::Forest => forest::fit,
        Baseline::Ewma => ewma::fit,
        Baseline::Garch => garch::fit,
    }
}
