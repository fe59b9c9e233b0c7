//! Standardised features: with mean and standard deviation of train alone.

use crate::{matrix::Matrix, rows::Rows};

/// Mean and standard deviation of each feature on train; no other region enters.
pub(crate) struct Scale(Vec<(f64, f64)>);

impl Scale {
    pub(crate) fn of(train: &Rows<'_>) -> Self {
        let n = train.len().max(1) as f64;
        Self(
            (0..train.names.len())
                .map(|feature| {
                    let column = train.column(feature);
                    let mean = column.iter().sum::<f64>() / n;
                    let variance = column.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
                    // A feature that is constant on train carries no information: it becomes 0 everywhere.
                    (
                        mean,
                        if variance > 0.0 {
                            variance.sqrt()
                        } else {
                            f64::INFINITY
                        },
                    )
                })
                .collect(),
        )
    }

    /// Standardised rows.
    pub(crate) fn rows(&self, rows: &Rows<'_>) -> Matrix {
        let width = self.0.len();
        let values = rows
            .values
            .chunks(width.max(1))
            .flat_map(|row| {
                row.iter()
                    .zip(&self.0)
                    .map(|(x, (mean, sd))| (f64::from(*x) - mean) / sd)
            })
            .collect();
        Matrix { values, width }
    }
}
