//! The samples of a batch as windows into the rows of a data set.

/// Samples of a batch.
#[derive(Debug, Clone, Copy)]
pub struct Samples<'a> {
    /// `[rows, features]`, row-major.
    pub data: &'a [f32],
    /// Level of the window that ends at each row, `[rows, features, 2]`; empty where the model has no such inputs.
    pub levels: &'a [f32],
    /// Last row of each window.
    pub rows: &'a [i64],
    /// 0 or 1.
    pub labels: &'a [f32],
    /// Samples of the batch before these, where it is computed in parts: masks are numbered over the whole batch.
    pub before: usize,
}
