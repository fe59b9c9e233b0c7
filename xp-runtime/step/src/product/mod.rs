//! Matrix products of row-major f32 matrices on one thread: by a library that the process has loaded, or by the `gemm` crate. Which of them
//! follows from the processor, by the table in `fastest.rs`.

mod blas;
mod fastest;
mod gemm;
mod operands;

pub use blas::Blas;
pub use operands::Product;

use crate::instructions::{InstructionSet, Vectors};
use operands::Operands;

/// What computes products.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Products {
    vectors: Vectors,
    /// Absent where `gemm` is faster, or there is no library.
    blas: Option<Blas>,
}

impl Products {
    /// The faster of `gemm` and a library, by the table.
    pub(crate) fn fastest(vectors: Vectors, library: Option<Blas>) -> Self {
        let gemm = Self {
            vectors,
            blas: None,
        };
        library
            .filter(|_| fastest::is_library(vectors.set()))
            .and_then(|library| Self::by_library(vectors, library))
            .unwrap_or(gemm)
    }

    /// A library's, whatever the table says; `None` where it cannot be restricted to the instructions.
    pub(crate) fn by_library(vectors: Vectors, library: Blas) -> Option<Self> {
        let set = vectors.set();
        let is_whole = set == InstructionSet::of_processor();
        (is_whole || library.restrict(set)).then_some(Self {
            vectors,
            blas: Some(library),
        })
    }

    /// The name of what computes them.
    pub(crate) fn name(&self) -> &'static str {
        self.blas.as_ref().map_or("gemm", Blas::name)
    }

    /// Runs `f`, whose products are computed on this thread alone.
    pub(crate) fn on_one_thread<R>(&self, f: impl FnOnce() -> R) -> R {
        match &self.blas {
            Some(blas) => blas.on_one_thread(f),
            None => f(),
        }
    }

    /// Writes the product to `c` `[m, n]`, with `size` = (m, n, k); does nothing where a buffer is shorter than its matrix.
    pub(crate) fn multiply(
        &self,
        product: Product,
        size: (usize, usize, usize),
        a: &[f32],
        b: &[f32],
        c: &mut [f32],
    ) {
        self.multiply_onto(false, product, size, a, b, c);
    }

    /// The same, added to what `c` has where `add`.
    pub(crate) fn multiply_onto(
        &self,
        add: bool,
        product: Product,
        size: (usize, usize, usize),
        a: &[f32],
        b: &[f32],
        c: &mut [f32],
    ) {
        let operands = Operands {
            product,
            size,
            a,
            b,
            c,
        };
        debug_assert!(operands.fit(), "a matrix is larger than its buffer");
        if !operands.fit() {
            return;
        }
        match &self.blas {
            Some(blas) if blas.takes(size) => blas.multiply(add, operands),
            _ => gemm::multiply(self.vectors, add, operands),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Product, Products};
    use crate::instructions::{InstructionSet, Vectors};

    #[test]
    fn products_are_those_of_the_definition() {
        let values = |len: usize, seed: usize| -> Vec<f32> {
            (0..len)
                .map(|i| ((i * 37 + seed) % 19) as f32 - 9.0)
                .collect()
        };
        let sizes = [(1, 1, 1), (3, 5, 7), (17, 33, 20), (70, 64, 130)];
        let kinds = [
            Product::Plain,
            Product::SecondTransposed,
            Product::FirstTransposed,
        ];
        for (set, (m, n, k)) in InstructionSet::ALL
            .into_iter()
            .flat_map(|set| sizes.map(|size| (set, size)))
        {
            let products = Products::fastest(Vectors::at_most(set), None);
            let (a, b) = (values(m * k, 1), values(k * n, 5));
            for product in kinds {
                let mut c = vec![0.5; m * n];
                products.multiply(product, (m, n, k), &a, &b, &mut c);
                let mut sum = vec![0.5; m * n];
                products.multiply_onto(true, product, (m, n, k), &a, &b, &mut sum);
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
                        assert_eq!(c[i * n + j], expected, "{set}: {product:?} {m}·{n}·{k}");
                        assert_eq!(sum[i * n + j], expected + 0.5);
                    }
                }
            }
        }
    }
}
