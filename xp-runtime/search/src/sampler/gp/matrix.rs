//! Dense symmetric matrices: Cholesky factor, inverse, products. Own code, since every dependency is built without
//! optimisation in the dev profile and the matrices are small (at most a few hundred rows).

/// Sum of products, in four lanes so that it vectorises; the order is fixed, so is the result.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; 4];
    let (a_chunks, b_chunks) = (a.chunks_exact(4), b.chunks_exact(4));
    let tail: f64 = a_chunks
        .remainder()
        .iter()
        .zip(b_chunks.remainder())
        .map(|(x, y)| x * y)
        .sum();
    for (x, y) in a_chunks.zip(b_chunks) {
        for lane in 0..4 {
            lanes[lane] += x[lane] * y[lane];
        }
    }
    lanes[0] + lanes[1] + (lanes[2] + lanes[3]) + tail
}

/// Lower Cholesky factor of a symmetric matrix in row-major order, in place; `false` where it is not positive definite.
pub(crate) fn cholesky(matrix: &mut [f64], size: usize) -> bool {
    for row in 0..size {
        let (above, current) = matrix.split_at_mut(row * size);
        let current = &mut current[..size];
        for column in 0..row {
            let other = &above[column * size..column * size + size];
            let rest = current[column] - dot(&current[..column], &other[..column]);
            current[column] = rest / other[column];
        }
        let rest = current[row] - dot(&current[..row], &current[..row]);
        if rest <= 0.0 || !rest.is_finite() {
            return false;
        }
        current[row] = rest.sqrt();
    }
    true
}

/// Inverse of L·Lᵀ from the lower factor L, both triangles filled.
pub(crate) fn inverse(factor: &[f64], size: usize) -> Vec<f64> {
    // Column c of L⁻¹ is kept as row c of `columns`, so that every product runs along memory.
    let mut columns = vec![0.0; size * size];
    for column in 0..size {
        let target = &mut columns[column * size..(column + 1) * size];
        target[column] = 1.0 / factor[column * size + column];
        for row in column + 1..size {
            let line = &factor[row * size..row * size + row];
            let sum = dot(&line[column..row], &target[column..row]);
            target[row] = -sum / factor[row * size + row];
        }
    }
    let mut inverse = vec![0.0; size * size];
    for row in 0..size {
        for column in 0..=row {
            let value = dot(
                &columns[row * size + row..(row + 1) * size],
                &columns[column * size + row..(column + 1) * size],
            );
            inverse[row * size + column] = value;
            inverse[column * size + row] = value;
        }
    }
    inverse
}

/// Matrix times vector, row-major.
pub(crate) fn times(matrix: &[f64], vector: &[f64]) -> Vec<f64> {
    matrix
        .chunks_exact(vector.len().max(1))
        .map(|row| dot(row, vector))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverse_times_matrix_is_identity() {
        let size = 7;
        let entry = |i: usize, j: usize| {
            let base = (-(i.abs_diff(j) as f64) / 2.0).exp();
            base + if i == j { 0.1 } else { 0.0 }
        };
        let matrix: Vec<f64> = (0..size * size)
            .map(|at| entry(at / size, at % size))
            .collect();
        let mut factor = matrix.clone();
        assert!(cholesky(&mut factor, size));
        let inverse = inverse(&factor, size);
        for column in 0..size {
            let unit = times(&matrix, &inverse[column * size..(column + 1) * size]);
            for (row, value) in unit.iter().enumerate() {
                let expected = f64::from(u8::from(row == column));
                assert!((value - expected).abs() < 1e-12);
            }
        }
        assert!(!cholesky(&mut [1.0, 2.0, 2.0, 1.0], 2));
    }
}
