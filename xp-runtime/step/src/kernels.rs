//! The kernels of a step: what its loops are compiled for, and what computes its products.

use std::fmt;

use crate::{
    instructions::{InstructionSet, Vectors},
    product::{Blas, Products},
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
}

/// Its name in rows and checkpoints: `avx512+mkl`.
impl fmt::Display for Kernels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}", self.vectors.set(), self.products.name())
    }
}
