//! The Gaussian process conditioned on data: mean and variance at a row of features, with their gradients. It fits nothing.

use crate::gp::{
    features::Features,
    fit::{Kernel, LEAST_NOISE, matern, squared_difference},
    matrix::{cholesky, dot, inverse, times},
};

/// Mean and variance of the latent function, in units of the standardised targets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Prediction {
    pub(crate) mean: f64,
    pub(crate) variance: f64,
}

/// A kernel with its data.
pub(crate) struct Posterior {
    hamming: Vec<bool>,
    kernel: Kernel,
    rows: Vec<Vec<f64>>,
    targets: Vec<f64>,
    /// (K + noise)⁻¹, [rows, rows].
    precision: Vec<f64>,
    /// (K + noise)⁻¹·targets.
    alpha: Vec<f64>,
}

impl Posterior {
    pub(crate) fn new(
        features: &Features<'_>,
        kernel: Kernel,
        rows: Vec<Vec<f64>>,
        targets: Vec<f64>,
    ) -> Self {
        Self::condition(features.hamming.clone(), kernel, rows, targets)
    }

    fn condition(
        hamming: Vec<bool>,
        kernel: Kernel,
        rows: Vec<Vec<f64>>,
        targets: Vec<f64>,
    ) -> Self {
        let size = rows.len();
        let mut posterior = Self {
            hamming,
            kernel,
            rows,
            targets,
            precision: Vec::new(),
            alpha: Vec::new(),
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
        posterior.alpha = times(&posterior.precision, &posterior.targets);
        posterior
    }

    /// Conditioned also on what it believes at a row (kriging believer, Ginsbourger et al. 2010).
    pub(crate) fn believing(mut self, row: Vec<f64>) -> Self {
        self.targets.push(self.predict(&row).mean);
        self.rows.push(row);
        Self::condition(self.hamming, self.kernel, self.rows, self.targets)
    }

    /// The lowest posterior mean at a datum: what must be improved on. Noise makes the lowest target too good to be true.
    pub(crate) fn incumbent(&self) -> f64 {
        self.rows
            .iter()
            .map(|row| self.predict(row).mean)
            .fold(f64::INFINITY, f64::min)
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
        let (covariances, _) = self.covariances(at);
        let solved = times(&self.precision, &covariances);
        self.prediction(&covariances, &solved)
    }

    fn prediction(&self, covariances: &[f64], solved: &[f64]) -> Prediction {
        Prediction {
            mean: dot(covariances, &self.alpha),
            variance: (self.kernel.variance - dot(covariances, solved)).max(1e-12),
        }
    }

    /// The prediction with the gradients of mean and variance by the features in `wanted`.
    pub(crate) fn slope(&self, at: &[f64], wanted: &[usize]) -> (Prediction, Vec<f64>, Vec<f64>) {
        let (covariances, slopes) = self.covariances(at);
        let solved = times(&self.precision, &covariances);
        let mut by_mean = vec![0.0; wanted.len()];
        let mut by_variance = vec![0.0; wanted.len()];
        for (((row, slope), alpha), solved) in
            self.rows.iter().zip(&slopes).zip(&self.alpha).zip(&solved)
        {
            for (position, feature) in wanted.iter().enumerate() {
                let distance = 2.0 * self.kernel.weights[*feature] * (at[*feature] - row[*feature]);
                let change = slope * distance;
                by_mean[position] += alpha * change;
                by_variance[position] -= 2.0 * solved * change;
            }
        }
        (self.prediction(&covariances, &solved), by_mean, by_variance)
    }
}
