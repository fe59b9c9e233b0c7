//! Applies `normalisation` to the loaded table, by the rows of train only. RevIN itself is a part of the model.

use xp_spec::{
    architecture::Normalisation,
    split::Regions,
    standardise::{levels, standardise},
};

/// Standardises the table `[rows, features]` where the experiment says so; the levels of its windows, `[rows, features, 2]`, where the
/// model sees them.
pub(super) fn normalise(
    values: &mut [f32],
    features: usize,
    (normalisation, context): (Normalisation, u32),
    regions: &Regions,
) -> Option<Vec<f32>> {
    let train = &regions.train;
    match normalisation {
        Normalisation::Zscore => {
            standardise(values, features, train.seen(context));
            None
        }
        Normalisation::RevinLevel => Some(levels(values, features, context, train.ends())),
        Normalisation::Revin | Normalisation::None => None,
    }
}

#[cfg(test)]
mod tests {
    use xp_spec::split::{Region, Sample};

    use super::*;

    /// Ten rows of one feature; train ends with row 5, and windows have three rows.
    #[test]
    fn only_rows_that_training_windows_see_count() {
        let samples = (2..6).map(|row| Sample {
            row,
            day: row,
            positive: false,
        });
        let regions = Regions {
            train: Region {
                samples: samples.collect(),
                days: 4,
            },
            ..Regions::default()
        };
        let table = [3.0, 1.0, 4.0, 1.5, 9.0, 2.6, 5.0, 3.5, 8.0, 9.7_f32];
        let of = |normalisation, later: f32| {
            let mut values = table;
            values[6..].fill(later);
            let levels = normalise(&mut values, 1, (normalisation, 3), &regions);
            (values, levels)
        };
        for later in [-7.0, 1e6] {
            let (values, levels) = of(Normalisation::Zscore, later);
            let mean = values[..6].iter().sum::<f32>() / 6.0;
            assert!(mean.abs() < 1e-6 && levels.is_none(), "{values:?}");
            assert_eq!(values[..6], of(Normalisation::Zscore, 0.0).0[..6]);
            // What follows is clipped to what train had.
            assert!(values[6].abs() < 2.5, "{values:?}");

            let (values, levels) = of(Normalisation::RevinLevel, later);
            assert_eq!(
                values[..6],
                table[..6],
                "the model normalises windows itself"
            );
            let levels = levels.unwrap_or_default();
            assert_eq!(levels.len(), 20);
            assert_eq!(levels[..4], [0.0; 4], "no window ends there");
            let train = |position: usize| levels[4 + position..12].iter().step_by(2).sum::<f32>();
            assert!(train(0).abs() < 1e-6 && train(1).abs() < 1e-6, "{levels:?}");
            assert_ne!(levels[4..6], [0.0; 2]);
            let other = of(Normalisation::RevinLevel, 0.0).1.unwrap_or_default();
            assert_eq!(levels[..12], other[..12]);
            for normalisation in [Normalisation::Revin, Normalisation::None] {
                let (values, levels) = of(normalisation, later);
                assert!(values[..6] == table[..6] && levels.is_none());
            }
        }
    }
}
