//! Products of Intel's MKL, which libtorch brings, by the Fortran interface that all BLAS share. It is looked for in the process: this crate
//! links none.
#![allow(
    unsafe_code,
    reason = "functions of another language, found by name; lengths are compared with sizes before they are called"
)]

use std::{ffi::c_int, fmt, path::Path};

use libloading::os::unix::Library;

use super::operands::{Operands, Product};
use crate::instructions::InstructionSet;

/// `sgemm_` with 32-bit integers (Dongarra et al., "A Set of Level 3 Basic Linear Algebra Subprograms", 1990).
type Sgemm = unsafe extern "C" fn(
    transa: *const u8,
    transb: *const u8,
    m: *const c_int,
    n: *const c_int,
    k: *const c_int,
    alpha: *const f32,
    a: *const f32,
    lda: *const c_int,
    b: *const f32,
    ldb: *const c_int,
    beta: *const f32,
    c: *mut f32,
    ldc: *const c_int,
);

/// Sets the library's threads for the calling thread, and returns what it was; 0 is the library's own choice.
type SetThreads = unsafe extern "C" fn(c_int) -> c_int;

/// Restricts MKL to instructions, by a number of its own; 0 where it has begun to compute, when it is too late.
type SetInstructions = unsafe extern "C" fn(c_int) -> c_int;
/// The number of AVX2.
const AVX2: c_int = 2;

/// A library's products.
#[derive(Clone, Copy)]
pub struct Blas {
    name: &'static str,
    sgemm: Sgemm,
    set_threads: SetThreads,
    set_instructions: SetInstructions,
}

impl fmt::Debug for Blas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Blas").field(&self.name).finish()
    }
}

impl Blas {
    /// MKL's products, if a library that the process has loaded has them, as libtorch does.
    pub fn of_process() -> Option<Self> {
        Self::of(&Library::this().into())
    }

    /// MKL's products in the library of a file, which is loaded and stays so.
    pub fn of_file(path: &Path) -> Option<Self> {
        // SAFETY: what a library does when it is loaded is up to whoever names it; benchmarks name libtorch.
        let library = unsafe { libloading::Library::new(path) }.ok()?;
        let blas = Self::of(&library);
        std::mem::forget(library);
        blas
    }

    fn of(library: &libloading::Library) -> Option<Self> {
        // SAFETY: names and types are those of MKL's documentation; a library that the process runs with stays loaded.
        unsafe {
            Some(Self {
                name: "mkl",
                sgemm: *library.get::<Sgemm>(b"sgemm_\0").ok()?,
                set_threads: *library
                    .get::<SetThreads>(b"MKL_Set_Num_Threads_Local\0")
                    .ok()?,
                set_instructions: *library
                    .get::<SetInstructions>(b"mkl_serv_enable_instructions\0")
                    .ok()?,
            })
        }
    }

    /// The library's name, as rows and checkpoints have it.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Restricts the library to instructions that this processor exceeds; false where it cannot be.
    pub(super) fn restrict(&self, set: InstructionSet) -> bool {
        match set {
            InstructionSet::Avx512 => true,
            // SAFETY: its type is as documented.
            InstructionSet::Avx2 => unsafe { (self.set_instructions)(AVX2) == 1 },
            InstructionSet::Portable => false,
        }
    }

    /// Runs `f` with the library on this thread alone: a step has threads of its own.
    pub(crate) fn on_one_thread<R>(&self, f: impl FnOnce() -> R) -> R {
        struct Restore(SetThreads, c_int);
        impl Drop for Restore {
            fn drop(&mut self) {
                // SAFETY: its type is as documented.
                unsafe { (self.0)(self.1) };
            }
        }
        // SAFETY: its type is as documented.
        let _restore = Restore(self.set_threads, unsafe { (self.set_threads)(1) });
        f()
    }

    /// Whether its integers hold a size, and it is of matrices with values.
    pub(super) fn takes(&self, (m, n, k): (usize, usize, usize)) -> bool {
        [m, n, k]
            .iter()
            .all(|size| *size > 0 && c_int::try_from(*size).is_ok())
    }

    /// C = A·B, or C += A·B where `add`; does nothing for a size that it does not take. Columns are its rows: it computes the transposed
    /// product Cᵀ = Bᵀ·Aᵀ of matrices that it sees transposed.
    pub(super) fn multiply(&self, add: bool, operands: Operands<'_>) {
        let Operands {
            product,
            size: (m, n, k),
            a,
            b,
            c,
        } = operands;
        let [Ok(rows), Ok(columns), Ok(depth)] = [m, n, k].map(c_int::try_from) else {
            return;
        };
        let (a_transposed, a_width) = match product {
            Product::FirstTransposed => (b'T', rows),
            Product::Plain | Product::SecondTransposed => (b'N', depth),
        };
        let (b_transposed, b_width) = match product {
            Product::SecondTransposed => (b'T', depth),
            Product::Plain | Product::FirstTransposed => (b'N', columns),
        };
        let beta = f32::from(u8::from(add));
        // SAFETY: the caller has compared the buffers' lengths with the sizes; `c` is borrowed alone; the function is a BLAS's.
        unsafe {
            (self.sgemm)(
                &raw const b_transposed,
                &raw const a_transposed,
                &raw const columns,
                &raw const rows,
                &raw const depth,
                &1.0,
                b.as_ptr(),
                &raw const b_width,
                a.as_ptr(),
                &raw const a_width,
                &raw const beta,
                c.as_mut_ptr(),
                &raw const columns,
            );
        }
    }
}
