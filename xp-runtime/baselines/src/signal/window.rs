//! The last bar as RevIN shows it to the model, without its learnable affine part (Kim et al., ICLR 2022): (x − mean) / (sd + ε) of the
//! window, sd with n − 1, in a `mixed` model; (x − mean) / √(variance + ε), variance with n, in an `independent` one, as transformers has it.

use xp_spec::architecture::Channels;

const EPS: f64 = 1e-5;

/// The last bar of the windows of `context` bars that end at `rows`, normalised in its window: `[rows, features]` from values
/// `[bars, features]`. Windows that are not in the data are left out; those of one bar are 0.
pub fn normalised_last_bars(
    values: &[f32],
    features: usize,
    context: usize,
    channels: Channels,
    rows: impl IntoIterator<Item = usize>,
) -> Vec<f32> {
    let mut found = Vec::new();
    let (mut means, mut squares) = (vec![0.0; features], vec![0.0; features]);
    for row in rows {
        let first = (row + 1).saturating_sub(context) * features;
        let Some(window) = values.get(first..(row + 1) * features) else {
            continue;
        };
        // Bar by bar: of hundreds of features a column is not together in memory.
        let bars = || window.chunks_exact(features.max(1));
        let n = bars().len() as f64;
        means.fill(0.0);
        squares.fill(0.0);
        for bar in bars() {
            for (mean, x) in means.iter_mut().zip(bar) {
                *mean += f64::from(*x);
            }
        }
        means.iter_mut().for_each(|mean| *mean /= n);
        for bar in bars() {
            for ((squares, mean), x) in squares.iter_mut().zip(&means).zip(bar) {
                let deviation = f64::from(*x) - mean;
                *squares += deviation * deviation;
            }
        }
        let last = bars().next_back().unwrap_or_default();
        let statistics = means.iter().zip(&squares);
        found.extend(last.iter().zip(statistics).map(|(x, (mean, squares))| {
            let scale = match channels {
                Channels::Mixed => (squares / f64::max(n - 1.0, 1.0)).sqrt() + EPS,
                Channels::Independent => (squares / n + EPS).sqrt(),
            };
            ((f64::from(*x) - mean) / scale) as f32
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
        let of = |context, channels, rows: &[usize]| {
            normalised_last_bars(&values, 2, context, channels, rows.iter().copied())
        };
        let found = of(3, Channels::Mixed, &[2, 3]);
        assert!((found[0] - 1.0).abs() < 1e-4, "{found:?}");
        assert_eq!(found[1], 0.0);
        assert!((found[2] - 1.1547).abs() < 1e-3 && (found[3] - 1.1547).abs() < 1e-3);
        // The variance with n is 2/3.
        let independent = of(3, Channels::Independent, &[2]);
        assert!((independent[0] - 1.2247).abs() < 1e-3 && independent[1] == 0.0);
        for channels in [Channels::Mixed, Channels::Independent] {
            assert_eq!(of(1, channels, &[3]), [0.0, 0.0]);
            assert!(of(3, channels, &[9]).is_empty());
        }
    }
}
