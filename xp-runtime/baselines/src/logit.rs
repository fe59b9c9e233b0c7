//! A linear model of the log-odds with an L2 penalty, by smartcore's L-BFGS. smartcore's own regression has the same objective and takes
//! minutes with 500 features, where this takes seconds: its products call a function for each element.

use std::cell::RefCell;

use smartcore::optimization::{
    FunctionOrder,
    first_order::{FirstOrderOptimizer, lbfgs::LBFGS},
    line_search::Backtracking,
};

use crate::matrix::Matrix;

/// Largest component of the mean loss's gradient at the end of a fit whose numbers are published.
pub(crate) const PRECISE: f64 = 1e-7;
/// The same where only losses are compared: with a penalty of 10 they are then known to 10⁻⁶ nats.
pub(crate) const COMPARED: f64 = 1e-5;
/// Factors of at most 2 that are multiplied before their logarithm is taken: 2⁵¹² is far from the largest number.
const FACTORS: usize = 512;
/// Numbers that are summed at a time, so that a product is computed in vectors.
const LANES: usize = 8;

/// Coefficients and, last, the intercept.
#[derive(Debug, Clone)]
pub(crate) struct Logit(Vec<f64>);

impl Logit {
    /// Minimises the summed log-loss of rows with labels 0 or 1, plus ½ α ‖w‖² without the intercept, from another fit on the same columns
    /// where there is one, until no component of the mean's gradient exceeds `tolerance`.
    pub(crate) fn fit(
        rows: &Matrix,
        labels: &[f64],
        alpha: f64,
        tolerance: f64,
        start: Option<&Self>,
    ) -> Result<Self, String> {
        let is_positive = |y: &f64| *y > 0.5;
        if labels.iter().all(is_positive) || !labels.iter().any(is_positive) {
            return Err("train has one class".to_owned());
        }
        let n = labels.len() as f64;
        let start = start.map_or_else(|| vec![0.0; rows.width + 1], |start| start.0.clone());
        // A gradient is asked for where the loss was: half of the work is done.
        let last = RefCell::new(Evaluated::at(&start, rows, labels));
        let known = |at: &Vec<f64>| {
            if last.borrow().at != *at {
                last.replace(Evaluated::at(at, rows, labels));
            }
            last.borrow()
        };
        let loss = |at: &Vec<f64>| {
            let (weights, _) = parts(at);
            (known(at).loss + 0.5 * alpha * dot(weights, weights)) / n
        };
        let gradient = |gradient: &mut Vec<f64>, at: &Vec<f64>| {
            let (weights, _) = parts(at);
            gradient.clear();
            gradient.extend(weights.iter().map(|weight| alpha * weight));
            let residuals = &known(at).residuals;
            for (row, residual) in rows.rows().zip(residuals) {
                for (gradient, x) in gradient.iter_mut().zip(row) {
                    *gradient += residual * x;
                }
            }
            gradient.push(residuals.iter().sum());
            gradient.iter_mut().for_each(|gradient| *gradient /= n);
        };
        let optimizer = LBFGS {
            g_atol: tolerance,
            ..LBFGS::default()
        };
        let search = Backtracking {
            order: FunctionOrder::THIRD,
            ..Backtracking::default()
        };
        Ok(Self(
            optimizer.optimize(&loss, &gradient, &start, &search).x,
        ))
    }

    /// Probability of the positive class of each row.
    pub(crate) fn probabilities(&self, rows: &Matrix) -> Vec<f64> {
        let (weights, intercept) = parts(&self.0);
        let rows = rows.rows();
        rows.map(|row| sigmoid(dot(row, weights) + intercept))
            .collect()
    }
}

/// What a point's loss and gradient are made of.
struct Evaluated {
    at: Vec<f64>,
    /// Summed log-loss.
    loss: f64,
    /// Probability less label of each row.
    residuals: Vec<f64>,
}

impl Evaluated {
    fn at(at: &[f64], rows: &Matrix, labels: &[f64]) -> Self {
        let (weights, intercept) = parts(at);
        // ln(1 + eˣ) is max(x, 0) + ln(1 + e⁻ˡˣˡ); a logarithm serves so many rows, of whose factors none exceeds 2.
        let (mut loss, mut factors) = (0.0, 1.0);
        let mut residuals = Vec::with_capacity(labels.len());
        for (position, (row, y)) in rows.rows().zip(labels).enumerate() {
            let logit = dot(row, weights) + intercept;
            let small = (-logit.abs()).exp();
            loss += logit.max(0.0) - y * logit;
            factors *= 1.0 + small;
            if position % FACTORS == FACTORS - 1 {
                loss += f64::ln(factors);
                factors = 1.0;
            }
            let larger = 1.0 / (1.0 + small);
            let probability = if logit >= 0.0 { larger } else { small * larger };
            residuals.push(probability - y);
        }
        Self {
            at: at.to_vec(),
            loss: loss + f64::ln(factors),
            residuals,
        }
    }
}

/// Coefficients and intercept.
fn parts(at: &[f64]) -> (&[f64], f64) {
    at.split_last()
        .map_or((&[], 0.0), |(intercept, weights)| (weights, *intercept))
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (a_chunks, b_chunks) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest = a_chunks.remainder().iter().zip(b_chunks.remainder());
    let rest: f64 = rest.map(|(a, b)| a * b).sum();
    let mut sums = [0.0; LANES];
    for (a, b) in a_chunks.zip(b_chunks) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
    sums.iter().sum::<f64>() + rest
}
