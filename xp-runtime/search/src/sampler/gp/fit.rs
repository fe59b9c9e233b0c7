//! Kernel hyperparameters by maximum a posteriori. It predicts nothing.

use crate::sampler::gp::{
    features::Features,
    lbfgs::{Bounds, minimise},
    matrix::{cholesky, dot, inverse, times},
};

/// Variance of observations that is always assumed, in units of the targets' variance.
pub(crate) const LEAST_NOISE: f64 = 1e-6;
const ITERATIONS: usize = 60;
const TOLERANCE: f64 = 1e-3;

/// A Matérn 5/2 kernel over features.
#[derive(Debug, Clone)]
pub(crate) struct Kernel {
    /// Inverse squared length scale of each feature.
    pub(crate) weights: Vec<f64>,
    /// Prior variance.
    pub(crate) variance: f64,
    /// Variance of observations.
    pub(crate) noise: f64,
}

/// Correlation of Matérn 5/2 at a squared scaled distance, and its derivative by that squared distance.
pub(crate) fn matern(squared: f64) -> (f64, f64) {
    let root = (5.0 * squared).sqrt();
    let decay = (-root).exp();
    (
        (1.0 + root + 5.0 / 3.0 * squared) * decay,
        -5.0 / 6.0 * (1.0 + root) * decay,
    )
}

/// Squared difference of one feature.
pub(crate) fn squared_difference(hamming: bool, a: f64, b: f64) -> f64 {
    if hamming {
        f64::from(u8::from(a != b))
    } else {
        (a - b) * (a - b)
    }
}

/// Fits weights, variance and noise to standardised targets: marginal likelihood with Optuna's priors (weights:
/// −0.1/w − 0.1·w; variance: Γ(2, 1); noise: Γ(1.1, 30)), from two starts.
pub(crate) fn fit(features: &Features<'_>, rows: &[Vec<f64>], targets: &[f64]) -> Kernel {
    let dimensions = features.hamming.len();
    let pairs = Pairs::new(features, rows);
    let low: Vec<f64> = std::iter::repeat_n(-9.0, dimensions)
        .chain([-5.0, LEAST_NOISE.ln()])
        .collect();
    let high: Vec<f64> = std::iter::repeat_n(9.0, dimensions)
        .chain([5.0, 0.0])
        .collect();
    let bounds = Bounds {
        low: &low,
        high: &high,
    };
    let start = |weight: f64, noise: f64| -> Vec<f64> {
        std::iter::repeat_n(weight.ln(), dimensions)
            .chain([0.0, noise.ln()])
            .collect()
    };
    let mut best: Option<(f64, Vec<f64>)> = None;
    for mut parameters in [start(1.0, 1e-3), start(10.0, 1e-2)] {
        let value = minimise(
            |at, gradient| pairs.loss(at, targets, gradient),
            &mut parameters,
            &bounds,
            ITERATIONS,
            TOLERANCE,
        );
        if best.as_ref().is_none_or(|(least, _)| value < *least) {
            best = Some((value, parameters));
        }
    }
    let parameters = best.map_or_else(|| start(1.0, 1e-2), |(_, parameters)| parameters);
    let scale = |index: usize| parameters.get(index).map_or(1.0, |log| log.exp());
    Kernel {
        weights: (0..dimensions).map(scale).collect(),
        variance: scale(dimensions),
        noise: scale(dimensions + 1),
    }
}

/// Squared differences of all pairs of rows, feature after feature within a pair: [pairs, features].
struct Pairs {
    count: usize,
    dimensions: usize,
    squared: Vec<f64>,
}

impl Pairs {
    fn new(features: &Features<'_>, rows: &[Vec<f64>]) -> Self {
        let mut squared = Vec::new();
        for (index, a) in rows.iter().enumerate() {
            for b in rows.iter().take(index) {
                for ((a, b), hamming) in a.iter().zip(b).zip(&features.hamming) {
                    squared.push(squared_difference(*hamming, *a, *b));
                }
            }
        }
        Self {
            count: rows.len(),
            dimensions: features.hamming.len(),
            squared,
        }
    }

    /// Negative log posterior of log parameters, and its gradient (Rasmussen & Williams 2006, eq. 5.9).
    fn loss(&self, parameters: &[f64], targets: &[f64], gradient: &mut [f64]) -> f64 {
        let size = self.count;
        let weights: Vec<f64> = parameters[..self.dimensions]
            .iter()
            .map(|log| log.exp())
            .collect();
        let variance = parameters[self.dimensions].exp();
        let noise = parameters[self.dimensions + 1].exp();
        let mut matrix = vec![0.0; size * size];
        let mut slopes = Vec::with_capacity(self.squared.len() / self.dimensions.max(1));
        let mut pairs = self.squared.chunks_exact(self.dimensions.max(1));
        for row in 0..size {
            for column in 0..row {
                let squared = pairs.next().map_or(0.0, |pair| dot(pair, &weights));
                let (correlation, slope) = matern(squared);
                matrix[row * size + column] = variance * correlation;
                slopes.push(variance * slope);
            }
            matrix[row * size + row] = variance + noise;
        }
        let kernel = matrix.clone();
        if !cholesky(&mut matrix, size) {
            return f64::INFINITY;
        }
        let precision = inverse(&matrix, size);
        let alpha = times(&precision, targets);
        let log_determinant: f64 = (0..size).map(|row| matrix[row * size + row].ln()).sum();
        let mut loss = 0.5 * dot(&alpha, targets) + log_determinant;
        gradient.fill(0.0);
        let mut pairs = self.squared.chunks_exact(self.dimensions.max(1));
        let mut slope = slopes.iter();
        let (mut by_variance, mut by_noise) = (0.0, 0.0);
        for row in 0..size {
            for column in 0..row {
                // Twice, since the matrix is symmetric; half, from the formula.
                let inner = precision[row * size + column] - alpha[row] * alpha[column];
                by_variance += inner * kernel[row * size + column];
                let factor = inner * slope.next().copied().unwrap_or(0.0);
                if let Some(pair) = pairs.next() {
                    for (slot, squared) in gradient.iter_mut().zip(pair) {
                        *slot += factor * squared;
                    }
                }
            }
            let inner = 0.5 * (precision[row * size + row] - alpha[row] * alpha[row]);
            by_variance += inner * variance;
            by_noise += inner * noise;
        }
        for (slot, weight) in gradient.iter_mut().zip(&weights) {
            *slot *= weight;
            loss += 0.1 / weight + 0.1 * weight;
            *slot += -0.1 / weight + 0.1 * weight;
        }
        loss -= variance.ln() - variance;
        gradient[self.dimensions] = by_variance - 1.0 + variance;
        loss -= 0.1 * noise.ln() - 30.0 * noise;
        gradient[self.dimensions + 1] = by_noise - 0.1 + 30.0 * noise;
        loss
    }
}
