//! The architecture grid: every encoder shape whose exact parameter count lies within tolerance of a budget.

use crate::{
    architecture::{Architecture, InputShape},
    budget::Budget,
    count::{count_parameters, group},
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

/// What the grid lacks where it has no shape for a budget, and what to do.
pub fn no_shape(budget: Budget, tolerance: f64, input: &InputShape) -> (String, String) {
    let count = |shape: Architecture| Some((count_parameters(&shape, input)?.total(), shape));
    let counts: Vec<_> = all_shapes().filter_map(count).collect();
    let (low, high) = budget.range(tolerance);
    let has = |(count, shape): &(u64, Architecture)| format!("{shape}, has {}", group(*count));
    let remedy = match (counts.iter().min(), counts.iter().max()) {
        (Some(smallest), _) if smallest.0 > high => format!(
            "a larger budget or fewer features: the smallest shape, {}",
            has(smallest)
        ),
        (_, Some(largest)) if largest.0 < low => {
            format!("a smaller budget: the largest shape, {}", has(largest))
        }
        _ if tolerance < Budget::TOLERANCE => {
            "a larger `tolerance`, fewer features, or a larger budget".to_owned()
        }
        _ => "fewer features, or a larger budget".to_owned(),
    };
    let lacks = format!(
        "no shape of the grid has {budget} parameters within ±{} % for {} features and context {}",
        tolerance * 100.0,
        input.n_features,
        input.context
    );
    (lacks, remedy)
}

/// The shape of another budget scaled to this one: the grid's nearest to it with width, depth and heads times the cube root of the budgets'
/// ratio, which keeps its proportions since the count grows with width² · depth, and to the nominal count. `None` where no shape fits.
pub fn scaled(
    shape: &Architecture,
    from: Budget,
    to: Budget,
    input: &InputShape,
) -> Option<Architecture> {
    let factor = (to.nominal() as f64 / from.nominal() as f64).cbrt();
    let sizes = [shape.d_model, shape.n_layers, shape.n_heads, shape.d_ff];
    let wanted = sizes.map(|size| f64::from(size) * factor);
    let off = |shape: &Architecture| {
        let sizes = [shape.d_model, shape.n_layers, shape.n_heads, shape.d_ff];
        let count = count_parameters(shape, input).map_or(0, |count| count.total());
        let logs = [sizes[0], sizes[1], sizes[3]].map(f64::from);
        let logs = logs.into_iter().zip([wanted[0], wanted[1], wanted[3]]);
        let nominal = (count as f64, to.nominal() as f64);
        let square = |(a, b): (f64, f64)| (a / b).ln().powi(2);
        logs.chain([nominal]).map(square).sum::<f64>()
            // The count does not see the heads.
            + 1e-3 * square((f64::from(sizes[2]), wanted[2]))
    };
    architecture_grid(to, Budget::TOLERANCE, input)
        .into_iter()
        .min_by(|a, b| off(a).total_cmp(&off(b)))
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

    fn budget(name: &str) -> Budget {
        Budget::parse(name).unwrap_or(Budget::SMALLEST)
    }

    #[test]
    fn every_budget_and_tier_has_shapes_that_all_fit() {
        for budget in ["2M", "20M", "200M", "2B"].map(budget) {
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
        let near = nearest_shapes(&wanted, budget("2M"), Budget::TOLERANCE, &input(20), 3);
        assert_eq!(
            near.first().map(ToString::to_string).as_deref(),
            Some("192·8·4·768")
        );
        assert_eq!(valid_heads(96), [1, 2, 3, 4, 6]);
    }

    #[test]
    fn a_shape_scales_with_its_proportions() {
        let two = Architecture {
            d_model: 192,
            n_layers: 4,
            n_heads: 6,
            d_ff: 768,
        };
        for (name, expected) in [
            ("2M", Some("192·8·4·768")),
            ("600K", Some("128·4·3·512")),
            ("20M", Some("416·16·9·1664")),
            ("20K", None),
        ] {
            let found = scaled(&two, budget("2M"), budget(name), &input(20));
            let found = found.map(|shape| shape.to_string());
            assert_eq!(found.as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn what_the_grid_lacks_says_what_it_has() {
        for (name, tolerance, part) in [
            ("20K", 0.25, "the smallest shape, 64·4·2·128, has "),
            ("999B", 0.25, "the largest shape, 4096·"),
            ("2M", 1e-9, "a larger `tolerance`"),
        ] {
            let (lacks, remedy) = no_shape(budget(name), tolerance, &input(20));
            assert!(lacks.contains(name) && remedy.contains(part), "{remedy}");
        }
    }
}
