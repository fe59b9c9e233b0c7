//! States at which probabilities are computed, and those between them.

/// Distance of two grid points in ln σ² at most: a cubic through four of them is wrong by less than 3e-4.
const SPACING: f64 = 0.4;
/// A probability that is as good as 0.
const LEAST: f64 = 1e-9;

/// Equidistant states, at least four unless all are one.
pub(crate) struct Grid {
    low: f64,
    step: f64,
    intervals: usize,
}

impl Grid {
    pub(crate) fn over(states: &[f64]) -> Self {
        let low = states.iter().copied().fold(f64::INFINITY, f64::min);
        let high = states.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let width = (high - low).max(0.0);
        let intervals = if width > 0.0 {
            ((width / SPACING).ceil() as usize).max(3)
        } else {
            0
        };
        Self {
            low,
            step: width / intervals.max(1) as f64,
            intervals,
        }
    }

    pub(crate) fn points(&self) -> Vec<f64> {
        let at = |point| self.low + self.step * point as f64;
        (0..=self.intervals).map(at).collect()
    }

    /// The cubic through the logits of the four points around a state (Lagrange), as a probability: logits bend less than probabilities.
    pub(crate) fn interpolate(&self, values: &[f64], state: f64) -> f64 {
        let value = |point: usize| values.get(point).copied().unwrap_or(f64::NAN);
        if self.intervals == 0 {
            return value(0);
        }
        let logit = |point: usize| {
            let p = value(point).clamp(LEAST, 1.0 - LEAST);
            (p / (1.0 - p)).ln()
        };
        let position = (state - self.low) / self.step;
        let first = (position.floor() as usize)
            .saturating_sub(1)
            .min(self.intervals - 3);
        let x = position - first as f64;
        let weights = [
            -(x - 1.0) * (x - 2.0) * (x - 3.0) / 6.0,
            x * (x - 2.0) * (x - 3.0) / 2.0,
            -x * (x - 1.0) * (x - 3.0) / 2.0,
            x * (x - 1.0) * (x - 2.0) / 6.0,
        ];
        let terms = weights.iter().enumerate();
        let sum: f64 = terms
            .map(|(point, weight)| weight * logit(first + point))
            .sum();
        1.0 / (1.0 + (-sum).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A probability in σ as the crossing of a barrier has it.
    #[test]
    fn between_grid_points_a_cubic_is_as_good_as_a_point() {
        let grid = Grid::over(&[-12.0, -6.0]);
        for barrier in [0.01_f64, 0.03, 0.05] {
            let exact =
                |state: &f64| 1.0 - (-(barrier / (0.5 * state).exp()).recip().powi(2)).exp();
            let values: Vec<f64> = grid.points().iter().map(exact).collect();
            for state in (0..40).map(|i| -12.0 + 0.153 * f64::from(i)) {
                let (found, exact) = (grid.interpolate(&values, state), exact(&state));
                assert!((exact - found).abs() < 3e-4, "{state}: {exact} {found}");
            }
        }
    }

    #[test]
    fn one_state_is_its_own_value() {
        let grid = Grid::over(&[-9.0; 3]);
        assert_eq!(grid.points(), [-9.0]);
        assert_eq!(grid.interpolate(&[0.3], -9.0), 0.3);
    }
}
