//! A product and its matrices, row-major.

/// Which operand is read transposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Product {
    /// C = A·B, A `[m, k]`, B `[k, n]`.
    Plain,
    /// C = A·Bᵀ, A `[m, k]`, B `[n, k]`: a linear layer.
    SecondTransposed,
    /// C = Aᵀ·B, A `[k, m]`, B `[k, n]`: the gradient of its weight.
    FirstTransposed,
}

/// A product and its matrices; C is `[m, n]`, `size` is (m, n, k).
pub(super) struct Operands<'a> {
    pub(super) product: Product,
    pub(super) size: (usize, usize, usize),
    pub(super) a: &'a [f32],
    pub(super) b: &'a [f32],
    pub(super) c: &'a mut [f32],
}

impl Operands<'_> {
    /// Whether no matrix is larger than its buffer.
    pub(super) fn fit(&self) -> bool {
        let (m, n, k) = self.size;
        let fits = |rows: usize, columns: usize, len: usize| {
            rows.checked_mul(columns).is_some_and(|need| need <= len)
        };
        fits(m, k, self.a.len()) && fits(k, n, self.b.len()) && fits(m, n, self.c.len())
    }
}
