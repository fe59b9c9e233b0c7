//! Matrix products of row-major f32 matrices by the `gemm` crate on one thread: its kernels pack small matrices with less loss than MKL does
//! on processors that are not Intel's, and need no tensor around a buffer.
#![allow(
    unsafe_code,
    reason = "gemm takes pointers; lengths are checked against the sizes first"
)]

use gemm_common::Parallelism;

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

/// Writes the product to `c` `[m, n]`, with `size` = (m, n, k); does nothing where a buffer is shorter than its matrix.
pub fn multiply(
    product: Product,
    size: (usize, usize, usize),
    a: &[f32],
    b: &[f32],
    c: &mut [f32],
) {
    multiply_onto(false, product, size, a, b, c);
}

/// The same, added to what `c` has where `add`.
pub(crate) fn multiply_onto(
    add: bool,
    product: Product,
    size: (usize, usize, usize),
    a: &[f32],
    b: &[f32],
    c: &mut [f32],
) {
    let (m, n, k) = size;
    let fits = |rows: usize, columns: usize, len: usize| {
        rows.checked_mul(columns).is_some_and(|need| need <= len)
    };
    let in_bounds = fits(m, k, a.len()) && fits(k, n, b.len()) && fits(m, n, c.len());
    debug_assert!(in_bounds, "a matrix is larger than its buffer");
    if !in_bounds {
        return;
    }
    // (column stride, row stride)
    let (a_columns, a_rows) = match product {
        Product::FirstTransposed => (m as isize, 1),
        Product::Plain | Product::SecondTransposed => (1, k as isize),
    };
    let (b_columns, b_rows) = match product {
        Product::SecondTransposed => (k as isize, 1),
        Product::Plain | Product::FirstTransposed => (1, n as isize),
    };
    // SAFETY: all indices lie inside the buffers by the check above, and `c` is borrowed alone.
    unsafe {
        gemm_f32::gemm::f32::get_gemm_fn()(
            m,
            n,
            k,
            c.as_mut_ptr(),
            1,
            n as isize,
            add,
            a.as_ptr(),
            a_columns,
            a_rows,
            b.as_ptr(),
            b_columns,
            b_rows,
            f32::from(add),
            1.0,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::{Product, multiply, multiply_onto};

    #[test]
    fn products_are_those_of_the_definition() {
        let values = |len: usize, seed: usize| -> Vec<f32> {
            (0..len)
                .map(|i| ((i * 37 + seed) % 19) as f32 - 9.0)
                .collect()
        };
        for (m, n, k) in [(1, 1, 1), (3, 5, 7), (17, 33, 20), (70, 64, 130)] {
            let (a, b) = (values(m * k, 1), values(k * n, 5));
            for product in [
                Product::Plain,
                Product::SecondTransposed,
                Product::FirstTransposed,
            ] {
                let mut c = vec![0.5; m * n];
                multiply(product, (m, n, k), &a, &b, &mut c);
                let mut sum = vec![0.5; m * n];
                multiply_onto(true, product, (m, n, k), &a, &b, &mut sum);
                for i in 0..m {
                    for j in 0..n {
                        let expected: f32 = (0..k)
                            .map(|l| {
                                let x = if product == Product::FirstTransposed {
                                    a[l * m + i]
                                } else {
                                    a[i * k + l]
                                };
                                let y = if product == Product::SecondTransposed {
                                    b[j * k + l]
                                } else {
                                    b[l * n + j]
                                };
                                x * y
                            })
                            .sum();
                        assert_eq!(c[i * n + j], expected, "{product:?} {m}·{n}·{k}");
                        assert_eq!(sum[i * n + j], expected + 0.5);
                    }
                }
            }
        }
    }
}
