//! Rows of numbers in one block.

/// Values `[samples, width]`, row-major.
#[derive(Debug, Clone)]
pub(crate) struct Matrix {
    pub(crate) values: Vec<f64>,
    pub(crate) width: usize,
}

impl Matrix {
    /// The rows.
    pub(crate) fn rows(&self) -> std::slice::ChunksExact<'_, f64> {
        self.values.chunks_exact(self.width.max(1))
    }
}
