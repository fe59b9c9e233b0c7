//! The kernels of a step: what its loops are compiled for, and what computes its products.

use std::fmt;

use crate::{
    instructions::{InstructionSet, Vectors},
    product::{Blas, Product, Products},
};

/// A set of kernels. Loops give the same bits in each; products differ in the order of their sums.
#[derive(Debug, Clone, Copy)]
pub struct Kernels {
    pub(crate) vectors: Vectors,
    pub(crate) products: Products,
}

impl Kernels {
    /// Kernels for this processor with the widest instructions that are in a set, and products of the library where the table has it faster.
    pub fn new(most: InstructionSet, library: Option<Blas>) -> Self {
        let vectors = Vectors::at_most(most);
        Self {
            vectors,
            products: Products::fastest(vectors, library),
        }
    }

    /// The same with products of the library, whatever the table says: for the benchmark that makes the table. `None` where the library
    /// cannot be restricted to the instructions.
    pub fn by_library(most: InstructionSet, library: Blas) -> Option<Self> {
        let vectors = Vectors::at_most(most);
        let products = Products::by_library(vectors, library)?;
        Some(Self { vectors, products })
    }

    /// Writes the product of `size` = (m, n, k) to `c` `[m, n]`; does nothing where a buffer is shorter than its matrix.
    pub fn multiply(
        &self,
        product: Product,
        size: (usize, usize, usize),
        a: &[f32],
        b: &[f32],
        c: &mut [f32],
    ) {
        self.products
            .on_one_thread(|| self.products.multiply(product, size, a, b, c));
    }
}

/// Its name in rows and checkpoints: `avx512+mkl`.
impl fmt::Display for Kernels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}", self.vectors.set(), self.products.name())
    }
}
