//! The Gaussian process conditioned on data: mean and variance at a row of features, with their gradients. It fits nothing.

use crate::{
    rng::Stream,
    sampler::gp::{
        features::Features,
        fit::{Kernel, LEAST_NOISE, matern, squared_difference},
        matrix::{cholesky, dot, inverse, times},
    },
};

/// A kernel with its data. Where trials run, there are several sets of targets, one for each fantasy of their results; the
/// covariances are the same.
pub(crate) struct Posterior {
    hamming: Vec<bool>,
    kernel: Kernel,
    rows: Vec<Vec<f64>>,
    /// [fantasies, rows].
    targets: Vec<Vec<f64>>,
    /// (K + noise)⁻¹, [rows, rows].
    precision: Vec<f64>,
    /// (K + noise)⁻¹·targets, [fantasies, rows].
    alphas: Vec<Vec<f64>>,
}

/// The prediction at a row of features: the parts that all fantasies share.
pub(crate) struct Prediction {
    covariances: Vec<f64>,
    /// Derivative of each covariance by the squared scaled distance.
    derivatives: Vec<f64>,
    /// Precision times covariances.
    solved: Vec<f64>,
    pub(crate) variance: f64,
}

impl Posterior {
    pub(crate) fn new(
        features: &Features<'_>,
        kernel: Kernel,
        rows: Vec<Vec<f64>>,
        targets: Vec<f64>,
    ) -> Self {
        Self::condition(features.hamming.clone(), kernel, rows, vec![targets])
    }

    fn condition(
        hamming: Vec<bool>,
        kernel: Kernel,
        rows: Vec<Vec<f64>>,
        targets: Vec<Vec<f64>>,
    ) -> Self {
        let size = rows.len();
        let mut posterior = Self {
            hamming,
            kernel,
            rows,
            targets,
            precision: Vec::new(),
            alphas: Vec::new(),
        };
        let covariances: Vec<f64> = posterior
            .rows
            .iter()
            .flat_map(|row| posterior.covariances(row).0)
            .collect();
        // A wider diagonal until the factor exists; the last one always does.
        let mut noise = posterior.kernel.noise.max(LEAST_NOISE);
        loop {
            let mut factor = covariances.clone();
            for row in 0..size {
                factor[row * size + row] += noise;
            }
            if cholesky(&mut factor, size) || noise > 1e3 {
                posterior.precision = inverse(&factor, size);
                break;
            }
            noise *= 10.0;
        }
        posterior.alphas = posterior
            .targets
            .iter()
            .map(|targets| times(&posterior.precision, targets))
            .collect();
        posterior
    }

    /// Conditioned also on the points of running trials, whose results are imputed by `fantasies` joint samples of the posterior,
    /// so that the expected improvement averaged over them allows for the running trials (Snoek et al., NeurIPS 2012).
    pub(crate) fn with_fantasies(
        mut self,
        rows: Vec<Vec<f64>>,
        fantasies: usize,
        random: &mut Stream,
    ) -> Self {
        if rows.is_empty() {
            return self;
        }
        if let Some(targets) = self.targets.first().cloned() {
            self.targets = vec![targets; fantasies.max(1)];
        }
        for row in rows {
            let prediction = self.predict(&row);
            let deviation = prediction.variance.sqrt();
            let draws = random.normals(self.targets.len());
            let means: Vec<f64> = self
                .alphas
                .iter()
                .map(|alpha| prediction.mean(alpha))
                .collect();
            for ((index, targets), draw) in self.targets.iter_mut().enumerate().zip(draws) {
                // One set of targets before the first row, one a fantasy after it.
                let mean = means.get(index).or_else(|| means.first());
                targets.push(mean.copied().unwrap_or(0.0) + deviation * draw);
            }
            self.rows.push(row);
            self = Self::condition(self.hamming, self.kernel, self.rows, self.targets);
        }
        self
    }

    /// The lowest posterior mean at a datum in each fantasy: the incumbent to improve on. The lowest target itself would be
    /// biased by noise.
    pub(crate) fn incumbents(&self) -> Vec<f64> {
        let mut lowest = vec![f64::INFINITY; self.alphas.len()];
        for row in &self.rows {
            let prediction = self.predict(row);
            for (lowest, alpha) in lowest.iter_mut().zip(&self.alphas) {
                *lowest = lowest.min(prediction.mean(alpha));
            }
        }
        lowest
    }

    /// Precision times targets, of each fantasy.
    pub(crate) fn alphas(&self) -> &[Vec<f64>] {
        &self.alphas
    }

    /// Covariance of a row with each datum, and derivative by the squared scaled distance.
    fn covariances(&self, at: &[f64]) -> (Vec<f64>, Vec<f64>) {
        self.rows
            .iter()
            .map(|row| {
                let squared: f64 = row
                    .iter()
                    .zip(at)
                    .zip(&self.hamming)
                    .zip(&self.kernel.weights)
                    .map(|(((a, b), hamming), weight)| {
                        weight * squared_difference(*hamming, *a, *b)
                    })
                    .sum();
                let (correlation, slope) = matern(squared);
                (
                    self.kernel.variance * correlation,
                    self.kernel.variance * slope,
                )
            })
            .unzip()
    }

    pub(crate) fn predict(&self, at: &[f64]) -> Prediction {
        let (covariances, derivatives) = self.covariances(at);
        let solved = times(&self.precision, &covariances);
        Prediction {
            variance: (self.kernel.variance - dot(&covariances, &solved)).max(1e-12),
            covariances,
            derivatives,
            solved,
        }
    }

    /// Gradients, by the features in `wanted`, of the mean that `alpha` gives and of the variance.
    pub(crate) fn gradients(
        &self,
        prediction: &Prediction,
        alpha: &[f64],
        at: &[f64],
        wanted: &[usize],
    ) -> (Vec<f64>, Vec<f64>) {
        let mut by_mean = vec![0.0; wanted.len()];
        let mut by_variance = vec![0.0; wanted.len()];
        for (((row, slope), alpha), solved) in self
            .rows
            .iter()
            .zip(&prediction.derivatives)
            .zip(alpha)
            .zip(&prediction.solved)
        {
            for (position, feature) in wanted.iter().enumerate() {
                let distance = 2.0 * self.kernel.weights[*feature] * (at[*feature] - row[*feature]);
                let change = slope * distance;
                by_mean[position] += alpha * change;
                by_variance[position] -= 2.0 * solved * change;
            }
        }
        (by_mean, by_variance)
    }
}

impl Prediction {
    /// The mean of a fantasy.
    pub(crate) fn mean(&self, alpha: &[f64]) -> f64 {
        dot(&self.covariances, alpha)
    }
}
