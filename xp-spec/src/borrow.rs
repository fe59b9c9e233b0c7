//! `between(A, B)`: hyperparameters between the best trials of two searches (design, "Borrowing").

use crate::{
    architecture::Architecture,
    grid::distance,
    hyper::Hyperparameters,
    scalar::SCALARS,
    space::{Assignment, Value},
};

/// Hyperparameters halfway between two: geometric mean for log-scaled ones (by their nature, or because a search uses `log`), arithmetic mean for linear ones, rounded for whole
/// numbers; the architecture is the feasible shape nearest in log d_model, log n_layers and log d_ff to the geometric mean.
///
/// `None` where no shape is feasible.
pub fn between(
    a: &Hyperparameters,
    b: &Hyperparameters,
    feasible: &[Architecture],
    searched_in_logarithm: impl Fn(&str) -> bool,
) -> Option<Assignment> {
    let (left, right) = (a.to_assignment(), b.to_assignment());
    let mut result = Assignment::new();
    for scalar in SCALARS {
        let (x, y) = (
            left.get(scalar.name)?.number()?,
            right.get(scalar.name)?.number()?,
        );
        let mean =
            if (scalar.log_scaled() || searched_in_logarithm(scalar.name)) && x > 0.0 && y > 0.0 {
                (x * y).sqrt()
            } else {
                f64::midpoint(x, y)
            };
        let value = if scalar.whole {
            Value::Int(mean.round() as i64)
        } else {
            Value::Float(mean)
        };
        result.insert(scalar.name.to_owned(), value);
    }
    let shape = if a.architecture == b.architecture {
        a.architecture
    } else {
        *feasible.iter().min_by(|x, y| {
            let far = |shape: &Architecture| {
                distance(shape, &a.architecture) + distance(shape, &b.architecture)
            };
            far(x).total_cmp(&far(y))
        })?
    };
    result.insert("architecture".to_owned(), Value::Architecture(shape));
    Some(result)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]
    use super::*;

    fn shape(d_model: u32, n_layers: u32, d_ff: u32) -> Architecture {
        Architecture {
            d_model,
            n_layers,
            n_heads: 4,
            d_ff,
        }
    }

    fn hyper(architecture: Architecture, rate: f64, dropout: f64, steps: u32) -> Hyperparameters {
        Hyperparameters {
            architecture,
            learning_rate: rate,
            weight_decay: 0.0,
            dropout,
            head_dropout: 0.0,
            warmup: 0.1,
            steps,
            batch_size: 32,
            clip_norm: 1.0,
        }
    }

    #[test]
    fn each_scalar_has_the_mean_of_its_scale() {
        let square = shape(128, 8, 512);
        let (a, b) = (hyper(square, 1e-4, 0.1, 100), hyper(square, 4e-4, 0.4, 401));
        let mean = |logarithmic: &str| {
            let found = between(&a, &b, &[], |name| name == logarithmic).unwrap();
            Hyperparameters::from_assignment(&found).unwrap()
        };
        let found = mean("");
        assert!((found.learning_rate - 2e-4).abs() < 1e-18, "geometric");
        assert!((found.dropout - 0.25).abs() < 1e-15, "arithmetic");
        assert_eq!(found.steps, 251, "rounded");
        // A zero has no logarithm.
        assert_eq!(found.weight_decay, 0.0);
        // The same shape twice needs no grid.
        assert_eq!(found.architecture, square);
        assert_eq!(mean("steps").steps, 200, "searched as log");
        assert!((mean("dropout").dropout - 0.2).abs() < 1e-15);
    }

    #[test]
    fn the_shape_is_the_feasible_one_nearest_to_both() {
        let (a, b) = (
            hyper(shape(64, 16, 128), 1e-4, 0.1, 100),
            hyper(shape(256, 4, 512), 1e-4, 0.1, 100),
        );
        let grid = [shape(64, 16, 128), shape(128, 8, 256), shape(512, 2, 2048)];
        let of = |grid: &[Architecture]| {
            let found = between(&a, &b, grid, |_| false)?;
            Some(
                Hyperparameters::from_assignment(&found)
                    .unwrap()
                    .architecture,
            )
        };
        assert_eq!(of(&grid), Some(shape(128, 8, 256)));
        assert_eq!(of(&grid[2..]), Some(shape(512, 2, 2048)));
        assert_eq!(of(&[]), None);
    }
}
