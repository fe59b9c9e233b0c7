//! Baselines that a run is compared with, on the same rows, label and split (F40).

choices! {
    /// A baseline.
    names: Baseline, default Prior {
        /// Baseline: the share of positives in train.
        prior => Prior,
        /// Baseline: the feature that tells the classes apart best on train.
        best_feature => BestFeature,
        /// Baseline: logistic regression with an L2 penalty.
        logistic => Logistic,
        /// Baseline: gradient-boosted trees.
        boosting => Boosting,
        /// Baseline: a random forest.
        forest => Forest,
        /// Baseline: the probability that the price reaches the threshold, by a volatility that is an exponentially weighted average.
        ewma => Ewma,
        /// Baseline: the probability that the price reaches the threshold, by a volatility that follows a GARCH(1,1).
        garch => Garch,
    }
}

impl Baseline {
    /// Every one: what an experiment that names none is compared with.
    pub fn all() -> Vec<Self> {
        Self::ALL.map(|(_, baseline)| baseline).to_vec()
    }
}
