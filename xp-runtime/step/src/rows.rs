//! Passes over rows of a matrix that join a bias, a mask and a residual.

use crate::{
    dropout::Mask,
    simd::{self, simd},
};

simd! {
    /// Adds a bias to every row.
    fn add_bias(x: &mut [f32], bias: &[f32]) {
        for row in x.chunks_exact_mut(bias.len()) {
            for (x, bias) in row.iter_mut().zip(bias) {
                *x += bias;
            }
        }
    }
}

simd! {
    /// sum += (x + bias)·mask.
    fn residual(sum: &mut [f32], x: &[f32], bias: &[f32], mask: Option<&Mask>, start: u32) {
        let width = bias.len();
        let rows = sum.chunks_exact_mut(width).zip(x.chunks_exact(width));
        for (row, (sum, x)) in rows.enumerate() {
            let from = start.wrapping_add((row * width) as u32);
            for (offset, ((sum, x), bias)) in sum.iter_mut().zip(x).zip(bias).enumerate() {
                let factor = match mask {
                    Some(mask) => mask.at(from.wrapping_add(offset as u32)),
                    None => 1.0,
                };
                *sum = (x + bias).mul_add(factor, *sum);
            }
        }
    }
}

simd! {
    /// y = x·mask; adds the sum over rows to `columns`.
    fn masked(y: &mut [f32], x: &[f32], columns: &mut [f32], mask: Option<&Mask>, start: u32) {
        let width = columns.len();
        for (row, (y, x)) in y.chunks_exact_mut(width).zip(x.chunks_exact(width)).enumerate() {
            let from = start.wrapping_add((row * width) as u32);
            for (offset, ((y, x), column)) in y.iter_mut().zip(x).zip(columns.iter_mut()).enumerate() {
                let factor = match mask {
                    Some(mask) => mask.at(from.wrapping_add(offset as u32)),
                    None => 1.0,
                };
                *y = x * factor;
                *column += *y;
            }
        }
    }
}

simd! {
    /// Adds the sum over rows to `columns`.
    fn column_sums(x: &[f32], columns: &mut [f32]) {
        for row in x.chunks_exact(columns.len()) {
            for (column, x) in columns.iter_mut().zip(row) {
                *column += x;
            }
        }
    }
}

simd! {
    /// Adds bias and position to the patches of every sample.
    fn add_positions(x: &mut [f32], bias: &[f32], positions: &[f32]) {
        let width = bias.len();
        for sample in x.chunks_exact_mut(positions.len()) {
            for (row, position) in sample.chunks_exact_mut(width).zip(positions.chunks_exact(width)) {
                for ((x, bias), position) in row.iter_mut().zip(bias).zip(position) {
                    *x += bias + position;
                }
            }
        }
    }
}

simd! {
    /// y += x.
    fn add(y: &mut [f32], x: &[f32]) {
        for (y, x) in y.iter_mut().zip(x) {
            *y += x;
        }
    }
}

simd! {
    /// Σ a·b.
    fn dot(a: &[f32], b: &[f32]) -> f32 {
        simd::dot(a, b)
    }
}

simd! {
    /// y += scale · x.
    fn add_scaled(y: &mut [f32], scale: f32, x: &[f32]) {
        simd::add_scaled(y, scale, x);
    }
}
