//! The architecture grid: every encoder shape whose exact parameter count lies within tolerance of a budget.

use crate::{
    architecture::{Architecture, InputShape},
    budget::Budget,
    count::count_parameters,
};

/// Heads that the grid uses.
pub const GRID_HEADS: [u32; 5] = [4, 8, 16, 24, 32];
/// Smallest width of one head.
pub const MIN_HEAD_WIDTH: u32 = 16;
/// Ratios d_ff / d_model that the grid uses.
pub const GRID_RATIOS: [u32; 2] = [2, 4];

/// All shapes of the grid for a budget, ordered by d_model, layers, heads, d_ff. Empty where no patch fits the context.
pub fn architecture_grid(budget: Budget, tolerance: f64, input: &InputShape) -> Vec<Architecture> {
    let (low, high) = budget.range(tolerance);
    let fits = |shape: &Architecture| {
        count_parameters(shape, input).is_some_and(|count| (low..=high).contains(&count.total()))
    };
    all_shapes().filter(fits).collect()
}

/// The `how_many` grid shapes that fit a budget and are nearest to `wanted` in log d_model, log n_layers and log d_ff, of each the one
/// with the nearest heads.
pub fn nearest_shapes(
    wanted: &Architecture,
    budget: Budget,
    tolerance: f64,
    input: &InputShape,
    how_many: usize,
) -> Vec<Architecture> {
    let mut shapes = architecture_grid(budget, tolerance, input);
    shapes.sort_by(|a, b| distance(a, wanted).total_cmp(&distance(b, wanted)));
    let same = |a: &Architecture, b: &Architecture| {
        (a.d_model, a.n_layers, a.d_ff) == (b.d_model, b.n_layers, b.d_ff)
    };
    let mut distinct: Vec<Architecture> = Vec::new();
    for shape in shapes {
        if !distinct.iter().any(|nearer| same(nearer, &shape)) {
            distinct.push(shape);
        }
    }
    let mut shapes = distinct;
    shapes.truncate(how_many);
    shapes
}

/// Distance of two shapes in log d_model, log n_layers, log d_ff, and, far less, log heads (which the count does not see).
pub fn distance(a: &Architecture, b: &Architecture) -> f64 {
    let log = |x: u32, y: u32| (f64::from(x.max(1)) / f64::from(y.max(1))).ln().powi(2);
    log(a.d_model, b.d_model)
        + log(a.n_layers, b.n_layers)
        + log(a.d_ff, b.d_ff)
        + 1e-3 * log(a.n_heads, b.n_heads)
}

/// Whether heads divide the model's width and are wide enough (F06).
pub fn heads_fit(d_model: u32, n_heads: u32) -> bool {
    n_heads > 0 && d_model.is_multiple_of(n_heads) && d_model / n_heads >= MIN_HEAD_WIDTH
}

/// Heads that divide `d_model` with at least [`MIN_HEAD_WIDTH`] each, any number.
pub fn valid_heads(d_model: u32) -> Vec<u32> {
    (1..=d_model / MIN_HEAD_WIDTH)
        .filter(|heads| d_model.is_multiple_of(*heads))
        .collect()
}

fn all_shapes() -> impl Iterator<Item = Architecture> {
    (64..=4096).step_by(32).flat_map(|d_model| {
        (2..=48).flat_map(move |n_layers| {
            GRID_HEADS
                .into_iter()
                .filter(move |heads| heads_fit(d_model, *heads))
                .flat_map(move |n_heads| {
                    GRID_RATIOS.into_iter().map(move |ratio| Architecture {
                        d_model,
                        n_layers,
                        n_heads,
                        d_ff: ratio * d_model,
                    })
                })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::{Channels, Normalisation};

    fn input(n_features: u32) -> InputShape {
        InputShape {
            n_features,
            context: 80,
            patch: 10,
            stride: 10,
            channels: Channels::Mixed,
            normalisation: Normalisation::Revin,
        }
    }

    #[test]
    fn every_budget_and_tier_has_shapes_that_all_fit() {
        for budget in Budget::ALL {
            for features in [20, 100, 250, 500] {
                let grid = architecture_grid(budget, Budget::TOLERANCE, &input(features));
                assert!(!grid.is_empty(), "{budget} with {features} features");
                let (low, high) = budget.range(Budget::TOLERANCE);
                for shape in &grid {
                    let count = count_parameters(shape, &input(features)).map_or(0, |c| c.total());
                    assert!((low..=high).contains(&count), "{shape}: {count}");
                    assert_eq!(shape.d_model % shape.n_heads, 0);
                    assert!(shape.d_model / shape.n_heads >= MIN_HEAD_WIDTH);
                }
            }
        }
    }

    #[test]
    fn nearest_shapes_are_near() {
        let wanted = Architecture {
            d_model: 192,
            n_layers: 4,
            n_heads: 6,
            d_ff: 768,
        };
        let near = nearest_shapes(&wanted, Budget::M2, Budget::TOLERANCE, &input(20), 3);
        assert_eq!(
            near.first().map(ToString::to_string).as_deref(),
            Some("192·8·4·768")
        );
        assert_eq!(valid_heads(96), [1, 2, 3, 4, 6]);
    }
}
