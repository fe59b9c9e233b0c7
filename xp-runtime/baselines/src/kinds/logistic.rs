//! Logistic regression on standardised features, by smartcore's L-BFGS; the L2 penalty is chosen on validation.

use smartcore::linalg::basic::{arrays::Array, matrix::DenseMatrix};
use smartcore::linear::logistic_regression::{LogisticRegression, LogisticRegressionParameters};

use crate::{choice::least, fitted::Fitted, regions::Regions, scale::Scale};

/// Penalties α of ½ α ‖w‖² added to the summed log-loss; scikit-learn's C is 1 / α.
const PENALTIES: [f64; 5] = [1.0, 10.0, 100.0, 1000.0, 10_000.0];

/// Probabilities of the penalty that is best on validation.
pub(crate) fn fit(regions: &Regions<'_>) -> Result<Fitted, String> {
    let scale = Scale::of(&regions.train);
    let train = scale.matrix(&regions.train)?;
    let labels: Vec<i32> = regions
        .train
        .labels
        .iter()
        .map(|y| i32::from(*y > 0.5))
        .collect();
    let val = scale.matrix(&regions.val)?;
    let (model, alpha) = least(
        PENALTIES.iter().map(|&alpha| {
            let model = Weights::fit(&train, &labels, alpha)?;
            let probabilities = model.probabilities(&val);
            Ok(((model, alpha), probabilities))
        }),
        regions.val.labels,
    )?;
    Ok(Fitted {
        name: format!("logistic regression (L2 {alpha})"),
        scores: model.probabilities(&scale.matrix(&regions.evaluated)?),
        probabilities: true,
    })
}

/// Coefficients and intercept: smartcore's own prediction gives classes only.
struct Weights {
    coefficients: Vec<f64>,
    intercept: f64,
}

impl Weights {
    fn fit(train: &DenseMatrix<f64>, labels: &Vec<i32>, alpha: f64) -> Result<Self, String> {
        let parameters = LogisticRegressionParameters::default().with_alpha(alpha);
        let model = LogisticRegression::fit(train, labels, parameters)
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

    fn probabilities(&self, rows: &DenseMatrix<f64>) -> Vec<f64> {
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
