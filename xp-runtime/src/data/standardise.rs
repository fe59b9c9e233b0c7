//! `normalisation: zscore`: mean 0 and standard deviation 1 by the statistics of the train region only.

use xp_spec::split::Regions;

/// Mean 0 and standard deviation 1 by the statistics of the train region only. What is constant there says nothing that could be learned,
/// and becomes 0 everywhere instead of a division by nearly 0.
pub(super) fn standardise(values: &mut [f32], features: usize, regions: &Regions) {
    let rows = regions
        .train
        .samples
        .last()
        .map_or(0, |sample| sample.row + 1);
    standardise_by(values, features, rows);
}

fn standardise_by(values: &mut [f32], features: usize, rows: usize) {
    for feature in 0..features {
        let column = || {
            values
                .iter()
                .skip(feature)
                .step_by(features)
                .take(rows)
                .map(|x| f64::from(*x))
        };
        let mean = column().sum::<f64>() / rows.max(1) as f64;
        let sd =
            (column().map(|x| (x - mean).powi(2)).sum::<f64>() / (rows.max(2) - 1) as f64).sqrt();
        let constant = sd <= 1e-9 * mean.abs() + 1e-12;
        for value in values.iter_mut().skip(feature).step_by(features) {
            *value = if constant {
                0.0
            } else {
                ((f64::from(*value) - mean) / sd) as f32
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn z_scores_are_of_train_rows_and_a_constant_column_is_zero() {
        // Three rows of train, one after it: the second column is constant in train only.
        let mut values = [1.0, 0.1, 2.0, 0.1, 3.0, 0.1, 5.0, 7.0];
        standardise_by(&mut values, 2, 3);
        assert_eq!(values, [-1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 3.0, 0.0]);
    }
}
