//! Products by the `gemm` crate on one thread: its kernels pack small matrices with less loss than MKL does on processors that are not
//! Intel's, and it is there where no library is.
#![allow(
    unsafe_code,
    reason = "gemm takes pointers; the caller has compared lengths with sizes"
)]

use gemm_common::Parallelism;

use super::operands::{Operands, Product};
use crate::instructions::{InstructionSet, Vectors};

/// Calls a function of gemm with a product's arguments, and with those that it has before and behind them.
macro_rules! call {
    ($function:expr, [$($before:expr),*], $of:ident, [$($behind:expr),*]) => {
        $function(
            $($before,)*
            $of.m, $of.n, $of.k,
            $of.c, 1, $of.n as isize, $of.add,
            $of.a, $of.a_columns, $of.a_rows,
            $of.b, $of.b_columns, $of.b_rows,
            f32::from(u8::from($of.add)), 1.0, false, false, false,
            $($behind,)*
            Parallelism::None,
        )
    };
}

/// Calls gemm's kernel of a module for a set of instructions; by itself it takes the widest.
#[cfg(target_arch = "x86_64")]
macro_rules! kernel {
    ($module:ident, $lanes:literal, $simd:expr, $arguments:ident) => {{
        use gemm_f32::microkernel::$module::f32::{H_M, H_N, H_UKR, MR_DIV_N, NR, UKR};
        call!(
            gemm_common::gemm::gemm_basic_generic::<
                _,
                f32,
                $lanes,
                { MR_DIV_N * $lanes },
                NR,
                MR_DIV_N,
                H_M,
                H_N,
            >,
            [$simd],
            $arguments,
            [|a, b, c| a * b + c, &UKR, &H_UKR, false]
        )
    }};
}

struct Arguments {
    m: usize,
    n: usize,
    k: usize,
    c: *mut f32,
    add: bool,
    a: *const f32,
    a_columns: isize,
    a_rows: isize,
    b: *const f32,
    b_columns: isize,
    b_rows: isize,
}

/// C = A·B, or C += A·B where `add`.
pub(super) fn multiply(vectors: Vectors, add: bool, operands: Operands<'_>) {
    let Operands {
        product,
        size: (m, n, k),
        a,
        b,
        c,
    } = operands;
    let (a_columns, a_rows) = match product {
        Product::FirstTransposed => (m as isize, 1),
        Product::Plain | Product::SecondTransposed => (1, k as isize),
    };
    let (b_columns, b_rows) = match product {
        Product::SecondTransposed => (k as isize, 1),
        Product::Plain | Product::FirstTransposed => (1, n as isize),
    };
    let arguments = Arguments {
        m,
        n,
        k,
        c: c.as_mut_ptr(),
        add,
        a: a.as_ptr(),
        a_columns,
        a_rows,
        b: b.as_ptr(),
        b_columns,
        b_rows,
    };
    // SAFETY: all indices lie inside the buffers, as the caller has checked, and `c` is borrowed alone.
    unsafe { run(vectors, arguments) }
}

#[cfg(target_arch = "x86_64")]
unsafe fn run(vectors: Vectors, arguments: Arguments) {
    use gemm_common::simd::{MixedSimd, Scalar, V3};

    // SAFETY: by the caller.
    unsafe {
        match (
            vectors.set(),
            <V3 as MixedSimd<f32, f32, f32, f32>>::try_new(),
        ) {
            (InstructionSet::Avx512, _) => widest(arguments),
            (InstructionSet::Avx2, Some(simd)) => kernel!(fma, 8, simd, arguments),
            _ => kernel!(scalar, 1, Scalar, arguments),
        }
    }
}

#[cfg(not(target_arch = "x86_64"))]
unsafe fn run(_: Vectors, arguments: Arguments) {
    // SAFETY: by the caller.
    unsafe { widest(arguments) }
}

/// By the widest instructions of the processor.
unsafe fn widest(arguments: Arguments) {
    // SAFETY: by the caller.
    unsafe { call!(gemm_f32::gemm::f32::get_gemm_fn(), [], arguments, []) }
}
