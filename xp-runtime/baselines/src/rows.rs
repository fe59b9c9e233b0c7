//! Rows of a region as the libraries want them.

use smartcore::linalg::basic::matrix::DenseMatrix;

/// Features at the last bar of each sample, `[samples, features]` row-major, and labels.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// Values.
    pub values: &'a [f32],
    /// Names of the columns.
    pub names: &'a [String],
    /// Labels, 0 or 1.
    pub labels: &'a [f64],
}

impl Rows<'_> {
    /// Number of samples.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// One feature of all samples.
    pub(crate) fn column(&self, feature: usize) -> Vec<f64> {
        self.values
            .iter()
            .skip(feature)
            .step_by(self.names.len().max(1))
            .map(|x| f64::from(*x))
            .collect()
    }

    /// `[features, samples]` in one vector: column-major, as forust reads it.
    pub(crate) fn columns(&self) -> Vec<f64> {
        (0..self.names.len())
            .flat_map(|feature| self.column(feature))
            .collect()
    }
}

/// Mean and standard deviation of each feature on train: no other region is looked at.
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
                    // A feature that is constant on train tells nothing: it becomes 0 everywhere.
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

    /// Standardised rows as smartcore's matrix.
    pub(crate) fn matrix(&self, rows: &Rows<'_>) -> Result<DenseMatrix<f64>, String> {
        let values = rows
            .values
            .chunks(self.0.len().max(1))
            .flat_map(|row| {
                row.iter()
                    .zip(&self.0)
                    .map(|(x, (mean, sd))| (f64::from(*x) - mean) / sd)
            })
            .collect();
        DenseMatrix::new(rows.len(), self.0.len(), values, false).map_err(|cause| cause.to_string())
    }
}
