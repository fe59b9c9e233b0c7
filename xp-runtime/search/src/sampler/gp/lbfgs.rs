//! Minimisation of a smooth function in a box: L-BFGS on the free variables with a projected backtracking line search
//! (Nocedal & Wright, Numerical Optimization, ch. 7.2 and 16.7). It is independent of Gaussian processes.

use std::collections::VecDeque;

use crate::sampler::gp::matrix::dot;

const MEMORY: usize = 8;
const MAX_BACKTRACKS: usize = 20;
const ARMIJO: f64 = 1e-4;

/// Lower and upper bound of every variable.
pub(crate) struct Bounds<'a> {
    pub(crate) low: &'a [f64],
    pub(crate) high: &'a [f64],
}

/// Moves `x` downhill and returns the value there. `function` writes the gradient and returns the value; a step to a value
/// that is not finite is rejected.
pub(crate) fn minimise(
    mut function: impl FnMut(&[f64], &mut [f64]) -> f64,
    x: &mut Vec<f64>,
    bounds: &Bounds<'_>,
    iterations: usize,
    tolerance: f64,
) -> f64 {
    let size = x.len();
    let mut gradient = vec![0.0; size];
    let mut value = function(x, &mut gradient);
    let mut memory: VecDeque<(Vec<f64>, Vec<f64>, f64)> = VecDeque::new();
    for _ in 0..iterations {
        let free: Vec<f64> = (0..size)
            .map(|i| {
                let stuck_low = x[i] <= bounds.low[i] && gradient[i] > 0.0;
                let stuck_high = x[i] >= bounds.high[i] && gradient[i] < 0.0;
                f64::from(u8::from(!(stuck_low || stuck_high)))
            })
            .collect();
        let projected: Vec<f64> = gradient.iter().zip(&free).map(|(g, f)| g * f).collect();
        let largest_slope = projected.iter().fold(0.0_f64, |top, g| top.max(g.abs()));
        if !value.is_finite() || largest_slope < tolerance {
            break;
        }
        let mut direction = two_loop(&projected, &free, &memory);
        if memory.is_empty() || dot(&direction, &projected) >= 0.0 {
            memory.clear();
            let scale = -0.25_f64.min(1.0 / largest_slope);
            direction = projected.iter().map(|g| g * scale).collect();
        }
        let mut step = 1.0;
        let mut next_gradient = vec![0.0; size];
        let mut moved = false;
        for _ in 0..MAX_BACKTRACKS {
            let next: Vec<f64> = (0..size)
                .map(|i| (x[i] + step * direction[i]).clamp(bounds.low[i], bounds.high[i]))
                .collect();
            let next_value = function(&next, &mut next_gradient);
            let displacement: Vec<f64> = next.iter().zip(x.iter()).map(|(a, b)| a - b).collect();
            let expected = dot(&gradient, &displacement);
            if next_value.is_finite() && next_value <= value + ARMIJO * expected.min(0.0) {
                let change: Vec<f64> = next_gradient
                    .iter()
                    .zip(&gradient)
                    .map(|(a, b)| a - b)
                    .collect();
                let curvature = dot(&displacement, &change);
                if curvature > 1e-12 * dot(&change, &change) {
                    memory.push_back((displacement, change, curvature));
                    if memory.len() > MEMORY {
                        memory.pop_front();
                    }
                }
                moved = value - next_value > 1e-9 * value.abs().max(1.0);
                *x = next;
                value = next_value;
                gradient.copy_from_slice(&next_gradient);
                break;
            }
            step *= 0.5;
        }
        if !moved {
            break;
        }
    }
    value
}

/// −H·g over the free variables.
fn two_loop(
    gradient: &[f64],
    free: &[f64],
    memory: &VecDeque<(Vec<f64>, Vec<f64>, f64)>,
) -> Vec<f64> {
    let mut q = gradient.to_vec();
    let mut alphas = Vec::with_capacity(memory.len());
    for (displacement, change, curvature) in memory.iter().rev() {
        let alpha = dot(displacement, &q) / curvature;
        q.iter_mut().zip(change).for_each(|(q, c)| *q -= alpha * c);
        alphas.push(alpha);
    }
    if let Some((_, change, curvature)) = memory.back() {
        let scale = curvature / dot(change, change);
        q.iter_mut().for_each(|q| *q *= scale);
    }
    for ((displacement, change, curvature), alpha) in memory.iter().zip(alphas.iter().rev()) {
        let beta = dot(change, &q) / curvature;
        q.iter_mut()
            .zip(displacement)
            .for_each(|(q, t)| *q += (alpha - beta) * t);
    }
    q.iter().zip(free).map(|(q, f)| -q * f).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_bottom_of_rosenbrock_and_stops_at_a_border() {
        let rosenbrock = |x: &[f64], gradient: &mut [f64]| {
            let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
            gradient[0] = -2.0 * a - 400.0 * x[0] * b;
            gradient[1] = 200.0 * b;
            a * a + 100.0 * b * b
        };
        let bounds = |high: f64| (vec![-2.0, -2.0], vec![high, 2.0]);
        let (low, high) = bounds(2.0);
        let mut x = vec![-1.2, 1.0];
        let inside = Bounds {
            low: &low,
            high: &high,
        };
        assert!(minimise(rosenbrock, &mut x, &inside, 200, 1e-9) < 1e-10);
        let (low, high) = bounds(0.5);
        let mut x = vec![-1.2, 1.0];
        let border = Bounds {
            low: &low,
            high: &high,
        };
        minimise(rosenbrock, &mut x, &border, 200, 1e-9);
        assert!(
            (x[0] - 0.5).abs() < 1e-6 && (x[1] - 0.25).abs() < 1e-4,
            "{x:?}"
        );
    }
}
