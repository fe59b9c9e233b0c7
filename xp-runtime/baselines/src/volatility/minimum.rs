//! The minimum of a function of a few variables, by argmin's Nelder–Mead: a likelihood of volatility is smooth and not convex.

use argmin::{
    core::{CostFunction, Error, Executor},
    solver::neldermead::NelderMead,
};

/// Steps of one search at most; one of three variables takes about 150.
const MOST_STEPS: u64 = 1000;
/// Spread of the values at the simplex's corners at which it stops.
const TOLERANCE: f64 = 1e-12;
/// Distance of the corners from the start.
const SIZE: f64 = 0.5;

struct Cost<F>(F);

impl<F: Fn(&[f64]) -> f64> CostFunction for Cost<F> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, at: &Self::Param) -> Result<f64, Error> {
        let value = (self.0)(at);
        Ok(if value.is_finite() { value } else { f64::MAX })
    }
}

/// Where `cost` is least, from the best of several starts. A simplex that has collapsed too early is spread out once more.
pub(crate) fn minimum(
    cost: impl Fn(&[f64]) -> f64,
    starts: Vec<Vec<f64>>,
) -> Result<Vec<f64>, String> {
    let best = starts
        .into_iter()
        .map(|start| (cost(&start), start))
        .filter(|(value, _)| value.is_finite())
        .min_by(|a, b| a.0.total_cmp(&b.0));
    let (_, mut at) = best.ok_or_else(|| "its likelihood is not finite".to_owned())?;
    for _ in 0..2 {
        at = descend(&cost, at)?;
    }
    Ok(at)
}

fn descend(cost: &impl Fn(&[f64]) -> f64, start: Vec<f64>) -> Result<Vec<f64>, String> {
    let corner = |variable: usize| {
        let mut corner = start.clone();
        if let Some(value) = corner.get_mut(variable) {
            *value += SIZE;
        }
        corner
    };
    let simplex = std::iter::once(start.clone())
        .chain((0..start.len()).map(corner))
        .collect();
    let solver = NelderMead::new(simplex)
        .with_sd_tolerance(TOLERANCE)
        .map_err(|cause| cause.to_string())?;
    let found = Executor::new(Cost(cost), solver)
        .configure(|state| state.max_iters(MOST_STEPS))
        // Nothing depends on the time.
        .timer(false)
        .run()
        .map_err(|cause| cause.to_string())?;
    found
        .state
        .best_param
        .ok_or_else(|| "its likelihood has no maximum".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_bottom_of_rosenbrock_from_the_better_start() {
        let rosenbrock = |x: &[f64]| (1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2);
        let found = minimum(rosenbrock, vec![vec![-1.2, 1.0], vec![8.0, 1.0]]).unwrap();
        assert!(
            (found[0] - 1.0).abs() < 1e-4 && (found[1] - 1.0).abs() < 1e-4,
            "{found:?}"
        );
        assert!(minimum(|_| f64::NAN, vec![vec![1.0]]).is_err());
    }
}
