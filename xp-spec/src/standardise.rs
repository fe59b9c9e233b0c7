//! Standardised inputs by the statistics of training rows alone: the columns of a table (`normalisation: zscore`), and the level of windows
//! (`revin(level: true)`). Values in, values out: which rows are of train is the rule of [`crate::split`].

use std::ops::Range;

/// Quantiles of the training values at which all values are clipped: a few spikes would decide the standard deviation, and a spike after
/// the training region would be far from everything that a model has seen.
pub const CLIPPED_AT: [f64; 2] = [0.001, 0.999];

/// The standard deviation of a window counts as at least this share of its feature's, which is that of the clipped training values: the
/// logarithm of a window without movement is finite.
pub const LEAST_DEVIATION: f64 = 1e-3;

/// Standard deviation, as a share of the mean, below which a column is constant but for rounding.
const CONSTANT: f64 = 1e-9;

/// How the values of a column are standardised.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Smallest and largest value after clipping.
    pub bounds: [f64; 2],
    /// Mean of the clipped training values.
    pub mean: f64,
    /// Standard deviation of the clipped training values, with n − 1; 0 where they are constant.
    pub sd: f64,
}

impl Scale {
    /// The scale of a column by its training values, in any order. Without values it is that of a constant.
    pub fn of(mut training: Vec<f64>) -> Self {
        let bounds = CLIPPED_AT.map(|share| quantile(&mut training, share));
        let [low, high] = bounds;
        let clipped = || training.iter().map(|value| value.max(low).min(high));
        let n = training.len();
        let mean = clipped().sum::<f64>() / n.max(1) as f64;
        let squares = clipped().map(|value| (value - mean).powi(2)).sum::<f64>();
        let sd = (squares / (n.max(2) - 1) as f64).sqrt();
        let constant = sd <= CONSTANT * mean.abs();
        Self {
            bounds,
            mean,
            sd: if constant { 0.0 } else { sd },
        }
    }

    /// A value clipped, then in standard deviations from the mean. What was constant in train says nothing that could be learned, and
    /// becomes 0 everywhere instead of a division by nearly 0.
    pub fn apply(&self, value: f64) -> f64 {
        if self.sd == 0.0 {
            return 0.0;
        }
        let [low, high] = self.bounds;
        (value.max(low).min(high) - self.mean) / self.sd
    }
}

/// Standardises each column of `[rows, features]` by its values in the rows of `training`.
pub fn standardise(values: &mut [f32], features: usize, training: Range<usize>) {
    for feature in 0..features {
        let scale = Scale::of(part(&column(values, features, feature), &training));
        for value in values.iter_mut().skip(feature).step_by(features) {
            *value = scale.apply(f64::from(*value)) as f32;
        }
    }
}

/// The level of each window of `context` rows in `[rows, features]`: `[rows, features, 2]`, for the window that ends at a row the mean and
/// the natural logarithm of the standard deviation (with n − 1, at least [`LEAST_DEVIATION`] of the feature's) of each feature, both
/// standardised by the windows that end in the rows of `ends`. 0 where no window ends, and where a feature is constant in train.
pub fn levels(values: &[f32], features: usize, context: u32, ends: Range<usize>) -> Vec<f32> {
    let context = (context as usize).max(1);
    let seen = (ends.start + 1).saturating_sub(context)..ends.end;
    let before = context - 1;
    let mut levels = vec![0.0; 2 * values.len()];
    for feature in 0..features {
        let column = column(values, features, feature);
        let least = LEAST_DEVIATION * Scale::of(part(&column, &seen)).sd;
        if least == 0.0 {
            continue;
        }
        let (means, logs): (Vec<_>, Vec<_>) = column
            .windows(context)
            .map(|window| {
                let mean = window.iter().sum::<f64>() / context as f64;
                let squares = window.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
                let sd = (squares / (context.max(2) - 1) as f64).sqrt();
                (mean, sd.max(least).ln())
            })
            .unzip();
        let trained = ends.start.saturating_sub(before)..ends.end.saturating_sub(before);
        for (position, column) in [means, logs].into_iter().enumerate() {
            let scale = Scale::of(part(&column, &trained));
            let places = levels
                .iter_mut()
                .skip(2 * (before * features + feature) + position)
                .step_by(2 * features);
            for (place, level) in places.zip(column) {
                *place = scale.apply(level) as f32;
            }
        }
    }
    levels
}

fn column(values: &[f32], features: usize, feature: usize) -> Vec<f64> {
    let column = values.iter().skip(feature).step_by(features);
    column.map(|value| f64::from(*value)).collect()
}

/// The values at some positions, as far as they are there.
fn part(column: &[f64], positions: &Range<usize>) -> Vec<f64> {
    let end = positions.end.min(column.len());
    let part = column.get(positions.start..end);
    part.unwrap_or_default().to_vec()
}

/// The quantile of values, which it reorders; linear between neighbours at position share · (n − 1) of the ascending values, as numpy's
/// default (Hyndman & Fan, 1996, type 7). 0 where there is no value.
fn quantile(values: &mut [f64], share: f64) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let position = share * (values.len() - 1) as f64;
    let (below, between) = (position.floor() as usize, position.fract());
    let (_, at, above) = values.select_nth_unstable_by(below, f64::total_cmp);
    let at = *at;
    let next = above.iter().copied().min_by(f64::total_cmp);
    next.map_or(at, |next| at + between * (next - at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-12 * a.abs().max(b.abs()).max(1.0)
    }

    #[test]
    fn quantiles_are_numpys() {
        // `numpy.quantile(values, share)`
        for (values, share, expected) in [
            (&[7.0][..], 0.001, 7.0),
            (&[3.0, 1.0], 0.25, 1.5),
            (&[4.0, 1.0, 3.0, 2.0], 0.5, 2.5),
            (&[4.0, 1.0, 3.0, 2.0], 0.999, 3.997),
            (&[4.0, 1.0, 3.0, 2.0], 0.001, 1.003),
            (&[5.0, 5.0, -1.0, 5.0], 0.5, 5.0),
            (&[2.0, 1.0], 1.0, 2.0),
            (&[], 0.5, 0.0),
        ] {
            let found = quantile(&mut values.to_vec(), share);
            assert!(close(found, expected), "{values:?} {share}: {found}");
        }
    }

    #[test]
    fn a_column_is_clipped_and_then_scaled() {
        // 0 … 1000 and a spike: position 999.999 of 1002 values is between 999 and 1000.
        let training: Vec<f64> = (0..=1000).map(f64::from).chain([1e6]).collect();
        let scale = Scale::of(training.clone());
        let [low, high] = scale.bounds;
        assert!(close(low, 1.001) && close(high, 999.999), "{low} {high}");
        let clipped: Vec<f64> = training.iter().map(|x| x.clamp(low, high)).collect();
        let mean = clipped.iter().sum::<f64>() / 1002.0;
        let sd = (clipped.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 1001.0).sqrt();
        assert!(close(scale.mean, mean) && close(scale.sd, sd));
        for (value, clipped) in [(500.0, 500.0), (1e9, high), (-1e9, low)] {
            assert!(close(scale.apply(value), (clipped - mean) / sd), "{value}");
        }
    }

    #[test]
    fn a_column_that_is_constant_in_train_becomes_zero() {
        let rare: Vec<f64> = (0..5000).map(|row| f64::from(row == 77)).collect();
        for (training, constant) in [
            (vec![0.1; 300], true),
            (vec![0.0; 300], true),
            (vec![], true),
            (vec![5.0], true),
            // One row of 5000 is within the clipped thousandth.
            (rare, true),
            // Guards are relative: what is small is not constant.
            (vec![1e-20, 2e-20, 3e-20], false),
            (vec![1e20, 2e20, 3e20], false),
        ] {
            let scale = Scale::of(training.clone());
            let name = training.first().copied();
            assert_eq!(scale.sd == 0.0, constant, "{name:?}");
            let found = scale.apply(7e30);
            assert_eq!(found == 0.0, constant, "{name:?}: {found}");
            assert!(found.is_finite());
        }
    }

    #[test]
    fn statistics_are_of_the_training_rows_alone() {
        // Three rows of train, one after it; the second column is constant in train only.
        let mut values = [1.0, 0.1, 2.0, 0.1, 3.0, 0.1, 5.0, 7.0];
        standardise(&mut values, 2, 0..3);
        // Clipped to 1.002 … 2.998: the mean stays 2, the last row counts as 2.998.
        assert_eq!(values, [-1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0]);
        let mut other = [1.0, 0.1, 2.0, 0.1, 3.0, 0.1, -900.0, 7.0];
        standardise(&mut other, 2, 0..3);
        assert_eq!(values[..6], other[..6]);
        assert_eq!(other[6], -1.0);
    }

    #[test]
    fn a_power_of_two_changes_no_standardised_value() {
        let table = |factor: f32| -> Vec<f32> {
            let noise = |row: i32| ((row * row * 37 + row * 11) % 101) as f32 / 10.0 - 3.0;
            (0..200).map(|row| factor * noise(row)).collect()
        };
        let standardised = |factor| {
            let mut values = table(factor);
            standardise(&mut values, 2, 0..60);
            values
        };
        let level = |factor| levels(&table(factor), 2, 10, 9..60);
        for exponent in [-30, 30] {
            let factor = 2.0_f32.powi(exponent);
            assert_eq!(standardised(1.0), standardised(factor));
            // A logarithm turns the factor into a sum, which rounds.
            let pairs = level(1.0).into_iter().zip(level(factor));
            for (a, b) in pairs {
                assert!((a - b).abs() < 1e-5, "{exponent}: {a} {b}");
            }
        }
    }

    #[test]
    fn levels_are_mean_and_log_deviation_of_the_window_standardised_on_training_windows() {
        let (features, context, ends) = (3, 4, 3..30);
        let value = |row: usize, feature: usize| match feature {
            0 => ((row * row * 37 + row * 11) % 101) as f32,
            // Constant in train, and so without a level.
            1 if row < 30 => 0.25,
            1 => row as f32,
            // Without movement for longer than a window.
            _ if (10..16).contains(&row) => 2.0,
            _ => ((row * 29) % 17) as f32 * 0.1,
        };
        let values: Vec<f32> = (0..40)
            .flat_map(|row| (0..features).map(move |feature| value(row, feature)))
            .collect();
        let found = levels(&values, features, context, ends.clone());
        assert_eq!(found.len(), 2 * values.len());
        assert!(found.iter().all(|level| level.is_finite()));
        let at = |row: usize, feature: usize| {
            let from = 2 * (row * features + feature);
            [found[from], found[from + 1]]
        };
        for row in 0..40 {
            assert_eq!(at(row, 1), [0.0, 0.0], "{row}");
        }
        for feature in [0, 2] {
            let column: Vec<f64> = (0..40).map(|row| f64::from(value(row, feature))).collect();
            let least = LEAST_DEVIATION * Scale::of(column[..30].to_vec()).sd;
            let raw = |row: usize| {
                let window = &column[row - 3..=row];
                let mean = window.iter().sum::<f64>() / 4.0;
                let variance = window.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 3.0;
                [mean, variance.sqrt().max(least).ln()]
            };
            assert_eq!(at(2, feature), [0.0, 0.0]);
            for position in [0, 1] {
                let scale = Scale::of(ends.clone().map(|row| raw(row)[position]).collect());
                for row in 3..40 {
                    let expected = scale.apply(raw(row)[position]) as f32;
                    assert_eq!(at(row, feature)[position], expected, "{row} {feature}");
                }
            }
        }
        // The window without movement has the least deviation, not −∞.
        assert!(at(14, 2)[1] < -1.5, "{:?}", at(14, 2));
    }
}
