//! Numeric features of encoder shapes, and the extreme shapes of a list. It samples nothing.

use xp_spec::architecture::Architecture;

/// Number of features of a shape.
pub(crate) const SHAPE_FEATURES: usize = 4;
/// Names of the features, in order; all are logarithms.
pub(crate) const SHAPE_FEATURE_NAMES: [&str; SHAPE_FEATURES] =
    ["d_model", "n_layers", "n_heads", "d_ff/d_model"];

/// Features of each shape, scaled to [0, 1] over the list; 0.5 where all shapes agree.
pub(super) fn scaled(shapes: &[Architecture]) -> Vec<[f64; SHAPE_FEATURES]> {
    let raw: Vec<[f64; SHAPE_FEATURES]> = shapes
        .iter()
        .map(|shape| {
            [
                f64::from(shape.d_model).ln(),
                f64::from(shape.n_layers).ln(),
                f64::from(shape.n_heads).ln(),
                (f64::from(shape.d_ff) / f64::from(shape.d_model)).ln(),
            ]
        })
        .collect();
    let bound = |feature: usize, pick: fn(f64, f64) -> f64, start: f64| {
        raw.iter().map(|row| row[feature]).fold(start, pick)
    };
    let low: [f64; SHAPE_FEATURES] = std::array::from_fn(|f| bound(f, f64::min, f64::INFINITY));
    let high: [f64; SHAPE_FEATURES] =
        std::array::from_fn(|f| bound(f, f64::max, f64::NEG_INFINITY));
    raw.iter()
        .map(|row| {
            std::array::from_fn(|f| {
                if high[f] > low[f] {
                    (row[f] - low[f]) / (high[f] - low[f])
                } else {
                    0.5
                }
            })
        })
        .collect()
}

/// Levels of the extreme shapes of a list: widest, narrowest, deepest, shallowest, most and fewest heads, in this
/// order and each once.
pub(crate) fn boundary_levels(shapes: &[Architecture]) -> Vec<usize> {
    type Key = fn(&Architecture) -> u32;
    let keys: [Key; 3] = [
        |shape| shape.d_model,
        |shape| shape.n_layers,
        |shape| shape.n_heads,
    ];
    let mut levels = Vec::new();
    for key in keys {
        let value = |level: &usize| shapes.get(*level).map_or(0, key);
        let extremes = [
            (0..shapes.len()).max_by_key(value),
            (0..shapes.len()).min_by_key(value),
        ];
        for level in extremes.into_iter().flatten() {
            if !levels.contains(&level) {
                levels.push(level);
            }
        }
    }
    levels
}
