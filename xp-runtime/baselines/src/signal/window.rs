//! The last bar as RevIN shows it to the model, without its learnable affine part: (x − mean) / (sd + ε) of the window (Kim et al., ICLR
//! 2022), sd with n − 1.

const EPS: f64 = 1e-5;

/// The last bar of the windows of `context` bars that end at `rows`, normalised in its window: `[rows, features]` from values
/// `[bars, features]`. Windows that are not in the data are left out; those of one bar are 0.
pub fn normalised_last_bars(
    values: &[f32],
    features: usize,
    context: usize,
    rows: impl IntoIterator<Item = usize>,
) -> Vec<f32> {
    let mut found = Vec::new();
    for row in rows {
        let first = (row + 1).saturating_sub(context) * features;
        let Some(window) = values.get(first..(row + 1) * features) else {
            continue;
        };
        found.extend((0..features).map(|feature| {
            let column = || {
                window
                    .iter()
                    .skip(feature)
                    .step_by(features)
                    .map(|x| f64::from(*x))
            };
            let n = column().count() as f64;
            let mean = column().sum::<f64>() / n;
            let squares: f64 = column().map(|x| (x - mean).powi(2)).sum();
            let sd = (squares / f64::max(n - 1.0, 1.0)).sqrt();
            column()
                .last()
                .map_or(0.0, |last| ((last - mean) / (sd + EPS)) as f32)
        }));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_bar_is_normalised_in_its_window() {
        // Two features, four bars.
        let values = [1.0, 5.0, 2.0, 5.0, 3.0, 5.0, 100.0, 6.0];
        let found = normalised_last_bars(&values, 2, 3, [2, 3]);
        assert!((found[0] - 1.0).abs() < 1e-4, "{found:?}");
        assert_eq!(found[1], 0.0);
        assert!((found[2] - 1.1547).abs() < 1e-3 && (found[3] - 1.1547).abs() < 1e-3);
        assert_eq!(normalised_last_bars(&values, 2, 1, [3]), [0.0, 0.0]);
        assert!(normalised_last_bars(&values, 2, 3, [9]).is_empty());
    }
}
