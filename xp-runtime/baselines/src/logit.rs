//! A linear model of the log-odds with an L2 penalty, by smartcore's L-BFGS, whose own prediction gives classes only.

use smartcore::linalg::basic::{arrays::Array, matrix::DenseMatrix};
use smartcore::linear::logistic_regression::{LogisticRegression, LogisticRegressionParameters};

/// Coefficients and intercept.
pub(crate) struct Logit {
    coefficients: Vec<f64>,
    intercept: f64,
}

impl Logit {
    /// Minimises the summed log-loss of rows `[samples, columns]` with labels 0 or 1, plus ½ α ‖w‖² without the intercept.
    pub(crate) fn fit(rows: &DenseMatrix<f64>, labels: &[f64], alpha: f64) -> Result<Self, String> {
        let classes: Vec<i32> = labels.iter().map(|y| i32::from(*y > 0.5)).collect();
        let parameters = LogisticRegressionParameters::default().with_alpha(alpha);
        let model = LogisticRegression::fit(rows, &classes, parameters)
            .map_err(|cause| cause.to_string())?;
        // Classes are sorted: the sigmoid is the probability of the second one, 1.
        if model.classes() != &[0, 1] {
            return Err("train has one class".to_owned());
        }
        Ok(Self {
            coefficients: model.coefficients().iterator(0).copied().collect(),
            intercept: *model.intercept().get((0, 0)),
        })
    }

    /// Probability of the positive class of each row.
    pub(crate) fn probabilities(&self, rows: &DenseMatrix<f64>) -> Vec<f64> {
        let (count, width) = rows.shape();
        (0..count)
            .map(|row| {
                let logit = (0..width)
                    .zip(&self.coefficients)
                    .map(|(column, weight)| weight * rows.get((row, column)))
                    .sum::<f64>()
                    + self.intercept;
                1.0 / (1.0 + (-logit).exp())
            })
            .collect()
    }
}
