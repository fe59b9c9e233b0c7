//! Rows of a region as the libraries want them.

/// Features at the last bar of each sample, `[samples, features]` row-major, and labels.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// Values.
    pub values: &'a [f32],
    /// Names of the columns.
    pub names: &'a [String],
    /// Labels, 0 or 1.
    pub labels: &'a [f64],
    /// Last trading day of each sample's last bar, as an index of [`crate::Market::closes`].
    pub days: &'a [usize],
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
