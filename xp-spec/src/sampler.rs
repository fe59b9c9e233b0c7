//! How a search chooses the next point: the names. Sampling itself is `xp-search`'s.

choices! {
    /// How the next point is chosen.
    names: Sampler, default Auto {
        /// A Gaussian process, which counts pruned trials with their expected result; TPE beyond its 200 trials.
        auto => Auto,
        /// Gaussian process with log expected improvement, up to 200 trials.
        gp => Gp,
        /// Multivariate tree-structured Parzen estimator with constant liar.
        tpe => Tpe,
        /// Independent uniform draws.
        random => Random,
        /// Owen-scrambled Sobol sequence.
        sobol => Sobol,
        /// All combinations; real axes at five values.
        grid => Grid,
    }
}

impl Sampler {
    /// Whether start-up trials come before a model decides.
    pub fn starts_up(self) -> bool {
        matches!(self, Self::Auto | Self::Gp | Self::Tpe)
    }
}
