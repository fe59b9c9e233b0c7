//! Recalibration of probabilities: a straight line in log-odds, fitted on train (Cox 1958).

use crate::{
    logit::{Logit, PRECISE},
    matrix::Matrix,
};

/// Probabilities are kept this far from 0 and 1: a Gaussian model knows no more about rare events.
const CLAMP: f64 = 1e-6;
/// Keeps the slope finite where the classes are separable; beside thousands of samples it moves nothing.
const PENALTY: f64 = 1e-3;

/// A recalibration.
pub(super) struct Calibration(Logit);

impl Calibration {
    /// The line that is most likely for labels.
    pub(super) fn fit(probabilities: &[f64], labels: &[f64]) -> Result<Self, String> {
        Logit::fit(&logits(probabilities), labels, PENALTY, PRECISE, None).map(Self)
    }

    /// Calibrated probabilities.
    pub(super) fn apply(&self, probabilities: &[f64]) -> Vec<f64> {
        self.0.probabilities(&logits(probabilities))
    }
}

fn logits(probabilities: &[f64]) -> Matrix {
    let logit = |p: &f64| {
        let p = p.clamp(CLAMP, 1.0 - CLAMP);
        (p / (1.0 - p)).ln()
    };
    Matrix {
        values: probabilities.iter().map(logit).collect(),
        width: 1,
    }
}

#[cfg(test)]
mod tests {
    use xp_test_support::Random;

    use super::*;

    #[test]
    fn overconfident_probabilities_are_drawn_in() {
        let mut random = Random(3);
        let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
        let logits: Vec<f64> = (0..20_000).map(|_| 4.0 * random.uniform() - 2.0).collect();
        let labels: Vec<f64> = logits
            .iter()
            .map(|x| f64::from(u8::from(random.uniform() < sigmoid(0.5 * x - 1.0))))
            .collect();
        let stated: Vec<f64> = logits.iter().map(|x| sigmoid(*x)).collect();
        let calibration = Calibration::fit(&stated, &labels).unwrap();
        let stated = [-1.0, 0.0, 1.5];
        for (x, found) in stated.iter().zip(calibration.apply(&stated.map(sigmoid))) {
            let expected = sigmoid(0.5 * x - 1.0);
            assert!((found - expected).abs() < 0.02, "{x}: {found} {expected}");
        }
        // What a model holds for impossible is a finite number.
        assert!(
            calibration
                .apply(&[0.0, 1.0])
                .iter()
                .all(|p| *p > 0.0 && *p < 1.0)
        );
    }
}
